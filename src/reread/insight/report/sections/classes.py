"""How good each class is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reread.insight.report.blocks import Block, Figure, Paragraph, Section, Table
from reread.insight.report.facts import Part
from reread.insight.report.figures import Range, ranges
from reread.insight.report.outcomes.classes import ClassAnswers
from reread.tasks.metrics.counts import Counts, confusion
from reread.wording import number

MOST = 100  # classes of the table, those with the most rows
DRAWN = 30  # classes that a figure can show

COLUMNS = {
    "precision": "of the rows that got this answer, the share that is right",
    "recall": "of the rows of this class, the share that was found",
    "F1": "the balance of precision and recall",
}

Floats = NDArray[np.float64]


def classes(part: Part) -> Section | None:
    """Precision, recall and F1 of each class."""
    if not isinstance(part.answers, ClassAnswers) or not len(part.answers):
        return None
    sides = {name: side for name, side in part.outcomes.items() if isinstance(side, ClassAnswers)}
    each = {name: class_scores(_counts(side)) for name, side in sides.items()}
    rows = np.bincount(part.answers.truth, minlength=len(part.answers.classes))
    return Section("How good is each class?", class_blocks(part.answers.classes, rows, each, COLUMNS))


def class_blocks(
    names: Sequence[str],
    rows: NDArray[np.int64],
    each: Mapping[str, Floats],
    columns: Mapping[str, str],
    thing: str = "class",
) -> list[Block]:
    """A figure of the last metric for each model, and a table of all metrics of the one that answers.

    Args:
        names: of the classes.
        rows: how many each class has, (classes,).
        each: by what answered: metrics (metrics, classes), the second of them the recall.
        columns: the metrics' names and meanings.
        thing: what a class is called.
    """
    scores = next(iter(each.values()))
    order = np.argsort(-rows, kind="stable")[:MOST]
    lines = [[names[k], f"{rows[k]:,}", *map(number, scores[:, k])] for k in order]
    blocks: list[Block] = [
        Table(f"Each {thing}, those with the most rows first", [thing, "rows", *columns], lines),
        Paragraph(" ".join(f"{name.capitalize()}: {what}." for name, what in columns.items())),
    ]
    if len(names) > MOST:
        blocks.append(Paragraph(f"The {MOST} classes with the most rows; {len(names) - MOST:,} more are not shown."))
    if len(names) <= DRAWN:
        blocks.insert(0, _figure(names, each, list(columns)[-1], thing))
    return blocks


def _figure(names: Sequence[str], each: Mapping[str, Floats], metric: str, thing: str) -> Figure:
    """The last metric of each class that has rows, the best one first."""
    sides = [
        np.where(np.isfinite(side[1]), side[-1], np.nan) for side in each.values()
    ]  # without rows there is no recall
    values = sides[0]
    order = np.argsort(-np.nan_to_num(values, nan=-1), kind="stable").tolist()
    known = [k for k in order if np.isfinite(values[k])]
    title = f"How good is each, by {metric}?"
    if len(known) > 1:
        high, low = number(values[known[0]]), number(values[known[-1]])
        title = f"“{names[known[0]]}” gets the best answers, “{names[known[-1]]}” the worst: {metric} {high} and {low}"
        if high == low:
            title = f"All have the same {metric}: {high}"
    caption = f"The {metric} of each {thing}, 1 is perfect; a {thing} without a dot has no row here."
    groups = [Range(names[k], [(float(side[k]),) * 3 for side in sides]) for k in order]
    return Figure(
        title, caption, ranges(title, caption, groups, metric, limits=(0.0, 1.0)), list(each) if len(each) > 1 else ()
    )


def _counts(answers: ClassAnswers) -> Counts:
    """Of every class, those too that no row has."""
    size = len(answers.classes)
    table = np.zeros((size, size))
    counts = confusion(answers.truth, answers.answer, answers.weights)
    table[: len(counts), : len(counts)] = counts
    return Counts(np.diagonal(table), table.sum(axis=1), table.sum(axis=0))


def class_scores(counts: Counts) -> Floats:
    """Precision, recall and F1, (3, classes); NaN if there is nothing to divide by."""
    below = np.stack([counts.answered, counts.true, (counts.true + counts.answered) / 2])
    scores = np.full(below.shape, np.nan)
    np.divide(counts.hits, below, out=scores, where=below > 0)
    return scores
