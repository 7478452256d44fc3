"""How far answered numbers are from the truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reread.insight.report.blocks import Block, Figure, Section, Table
from reread.insight.report.facts import Part
from reread.insight.report.figures import Range, bars, ranges, scatter
from reread.insight.report.figures.scatter import MOST
from reread.insight.report.outcomes.numbers import NumberAnswers
from reread.insight.report.sections.groups import Groups, by_size
from reread.tasks.metrics import mae
from reread.wording import percent, quantity

BINS = 24
FAR = 0.995  # of all errors: the outermost bars hold the others


def numbers(part: Part) -> Section | None:
    """Answered against true, the errors, and their size by the size of the truth."""
    answers = part.answers
    if not isinstance(answers, NumberAnswers) or len(answers) < 2:
        return None
    blocks: list[Block] = [
        _against_truth(answers, part.name),
        _errors(answers, part.name),
        *_by_size(part).beside_numbers(),
    ]
    return Section("How far off is it?", blocks)


def _against_truth(answers: NumberAnswers, name: str) -> Figure:
    spread = float(answers.answer.std() / answers.truth.std()) if answers.truth.std() else 1.0
    title = "Do answers follow the truth?"
    if spread < 0.9:
        title = (
            f"Answers spread {percent(spread)} as far as the truth: large ones are guessed too small, "
            "small ones too large"
        )
    shown = min(MOST, len(answers))
    of = f", {shown:,} of {len(answers):,} chosen at random" if shown < len(answers) else ""
    caption = f"A point a row{of}; on the dashed line answer and truth are equal."
    svg = scatter(title, caption, answers.truth, answers.answer, (f"true {name}", f"answered {name}"))
    return Figure(title, caption, svg)


def _errors(answers: NumberAnswers, name: str) -> Figure:
    errors = answers.errors
    bias, half = float(np.average(errors, weights=answers.weights)), float(np.median(np.abs(errors)))
    title = (
        f"Half of the answers are within {quantity(half)} of the truth; on average they are "
        f"{quantity(abs(bias))} too {'high' if bias > 0 else 'low'}"
    )
    end = float(np.quantile(np.abs(errors), FAR)) or 1.0
    counts, edges = np.histogram(np.clip(errors, -end, end), BINS, (-end, end))
    caption = (
        "Rows by their error, answer − truth: left of 0 the answer is too low; the outermost bars hold all "
        "that is beyond."
    )
    svg = bars(title, caption, edges.tolist(), [counts.tolist()], (f"error in {name}", "rows"))
    return Figure(title, caption, svg)


def _by_size(part: Part) -> Figure:
    """The mean error in groups of the truth."""
    sides = {name: answers for name, answers in part.outcomes.items() if isinstance(answers, NumberAnswers)}
    grouping = by_size(f"true {part.name}", next(iter(sides.values())).truth)
    errors_of_groups = [
        [_mae(side, grouping.of_row == k) for side in sides.values()] for k in range(len(grouping.names))
    ]
    title = largest_error(grouping, [each[0] for each in errors_of_groups])
    caption = (
        f"Mean distance from the truth in groups of the true {part.name}, of about as many rows each; "
        "the further left the better."
    )
    drawn = [
        Range(name, [(value,) * 3 for value in each])
        for name, each in zip(grouping.names, errors_of_groups, strict=True)
    ]
    rows = [
        [name, f"{(grouping.of_row == k).sum():,}", *map(quantity, errors_of_groups[k])]
        for k, name in enumerate(grouping.names)
    ]
    table = Table(f"Mean error by the {grouping.by}", [grouping.by, "rows", *sides], rows)
    svg = ranges(title, caption, drawn, f"mean absolute error in {part.name}")
    return Figure(title, caption, svg, list(sides) if len(sides) > 1 else (), table)


def largest_error(grouping: Groups, errors: Sequence[float]) -> str:
    """The group with the largest errors, in words."""
    known = [(error, name) for error, name in zip(errors, grouping.names, strict=True) if np.isfinite(error)]
    if len({error for error, _ in known}) < 2:
        return f"How large are errors, by the {grouping.by}?"
    error, name = max(known)
    return f"Errors are largest where the {grouping.by} is {name}: {quantity(error)} on average"


def _mae(answers: NumberAnswers, rows: NDArray[np.bool_]) -> float:
    return mae(answers.truth[rows], answers.answer[rows], answers.weights[rows])
