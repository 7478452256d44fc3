"""How sure the model is, and whether its probabilities are right."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reread.insight.report.blocks import Figure, Section, Table
from reread.insight.report.facts import Part
from reread.insight.report.figures import Line, bars, lines
from reread.insight.report.outcomes import Outcomes
from reread.insight.report.outcomes.classes import ClassAnswers
from reread.insight.report.outcomes.labels import LabelAnswers
from reread.tasks.metrics.calibration import BINS, expected_calibration_error, reliability
from reread.wording import number, percent, quantity

BARS = 20
FAIR = 0.02  # a mean probability this close to the truth counts as equal


class Sure(NamedTuple):
    """Stated probabilities (statements,), whether each came true, their weights, and what they are about."""

    probability: NDArray[np.float64]
    true: NDArray[np.bool_]
    weights: NDArray[np.float64]
    of: str


def calibration(part: Part) -> Section | None:
    """Reliability, and the distribution of probabilities over right and wrong rows."""
    stated = _stated(part.answers)
    if stated is None or not len(stated.probability):
        return None
    return Section("How sure is it, and is it right to be?", [_reliability(stated), _spread(part.answers, stated)])


def _stated(answers: Outcomes) -> Sure | None:
    if isinstance(answers, ClassAnswers):
        return Sure(answers.confidence, answers.right, answers.weights, "answer")
    if isinstance(answers, LabelAnswers):
        weights = np.repeat(answers.weights, len(answers.classes))
        return Sure(answers.probabilities.ravel().astype(np.float64), answers.truth.ravel(), weights, "label")
    return None


def _reliability(stated: Sure) -> Figure:
    bins = reliability(stated.probability, stated.true, stated.weights, BINS)
    stated_mean, true_mean = (float(np.average(side, weights=bins.rows)) for side in (bins.confidence, bins.right))
    error = expected_calibration_error(stated.probability, stated.true, stated.weights)
    how = "less often than" if stated_mean > true_mean else "more often than"
    if abs(stated_mean - true_mean) < FAIR:
        how = "about as often as"
    named = " (calibration error)" if stated.of == "answer" else ", all labels together"
    title = (
        f"Its {stated.of}s are right {how} stated: {percent(stated_mean)} stated, {percent(true_mean)} true on average"
    )
    caption = (
        f"Each dot is a group of rows by the probability of their {stated.of}; "
        "on the dashed line they are right as often as stated, "
        f"below it the model is too sure. Mean distance from the line{named}: {number(error)}."
    )
    points = list(zip(bins.confidence.tolist(), bins.right.tolist(), strict=True))
    series = [Line(points, dots=True), Line([(0.0, 0.0), (1.0, 1.0)], mark=True)]
    names = (f"stated probability of the {stated.of}", "share that is true")
    rows = [[number(a), number(b), quantity(c)] for a, b, c in zip(*bins, strict=True)]
    size = "rows" if (stated.weights == 1).all() else "weight of its rows"
    table = Table("Groups of rows by stated probability", ["stated", "true", size], rows, 0)
    legend = ["this model", "mark: as often as stated"]
    return Figure(title, caption, lines(title, caption, series, names, square=True), legend, table)


def _spread(answers: Outcomes, stated: Sure) -> Figure:
    if isinstance(answers, ClassAnswers) and len(answers.classes) == 2:
        second = np.where(answers.answer == 1, answers.confidence, 1 - answers.confidence)
        sides, legend = [answers.truth == 0, answers.truth == 1], [f"truly {name}" for name in answers.classes]
        title, name = f"How probable is “{answers.classes[1]}”?", f"probability of “{answers.classes[1]}”"
        caption = (
            "Rows by that probability and their true class: the less they overlap, "
            "the better the model separates the classes."
        )
        return _histogram(title, caption, second, (sides, legend, name))
    sure = stated.probability >= 0.9
    share = float(stated.true[sure].mean()) if sure.any() else float("nan")
    legend = ["right", "wrong"] if stated.of == "answer" else ["the text has the label", "it does not"]
    title = (
        f"Of those it is at least 90 % sure of, {percent(share)} are true" if sure.any() else "It is never 90 % sure"
    )
    caption = (
        f"The probability of each {stated.of}: those that are true and those that are not, one on top of the other."
    )
    probability, true = stated.probability, stated.true
    if stated.of == "label":
        kept = probability >= 0.05
        probability, true = probability[kept], true[kept]
        caption = f"{caption} Probabilities below 5 % are left out, since nearly all are that low."
    return _histogram(title, caption, probability, ([true, ~true], legend, f"probability of the {stated.of}"))


def _histogram(
    title: str, caption: str, probability: NDArray[np.float64], series: tuple[list[NDArray[np.bool_]], list[str], str]
) -> Figure:
    sides, legend, name = series
    low = float(np.floor(10 * probability.min(initial=0.9)) / 10)
    edges = np.linspace(low, 1, BARS + 1)
    heights = [np.histogram(np.clip(probability[side], low, 1), edges)[0].tolist() for side in sides]
    rows = [[f"{a:.2f} to {b:.2f}", *(f"{h[k]:,}" for h in heights)] for k, (a, b) in enumerate(pairwise(edges))]
    table = Table("Rows by probability", ["probability", *legend], rows)
    return Figure(
        title,
        caption,
        bars(title, caption, edges.tolist(), heights, (name, "labels of rows" if "label" in name else "rows")),
        legend,
        table,
    )
