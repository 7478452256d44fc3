"""How good the model is on groups of rows: by length, by script, by any column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reread.insight.report.blocks import Block, Figure, Paragraph, Section, Table
from reread.insight.report.facts import Measured, Part
from reread.insight.report.figures import Range, ranges
from reread.insight.report.outcomes import Outcomes
from reread.insight.report.resampling import Interval
from reread.text.letters import scripts_of
from reread.wording import figure, limits_of, name_of, quantity

PARTS = 5  # of a column of numbers, with about as many rows each
MOST = 12  # groups of a column of names; the others are taken together
FEWEST = 5  # rows of the smallest group that gets a figure; values with fewer are among the others
OTHERS, MISSING, NO_LETTERS = "(all others)", "(missing)", "(no letters)"


class Groups(NamedTuple):
    """A grouping of the rows: by what, the groups' names, and the group of each row, (rows,)."""

    by: str
    names: Sequence[str]
    of_row: NDArray[np.int64]


def groups(part: Part) -> Section | None:
    """The headline in each group, with its interval and the baseline's."""
    if not len(part.answers):
        return None
    blocks: list[Block] = []
    for grouping in _groupings(part.rows):
        if len(grouping.names) > 1:
            blocks.append(_figure(part, grouping))
        elif grouping.by in part.rows.slices:  # the user named this column
            blocks.append(Paragraph(f"By {grouping.by}: no two groups of at least {FEWEST} rows."))
    figures = [block for block in blocks if isinstance(block, Figure)]
    if len(figures) == 1:
        place = blocks.index(figures[0])
        blocks[place : place + 1] = figures[0].beside_numbers()
    return Section("Is it as good on all kinds of rows?", blocks) if blocks else None


def _groupings(rows: Measured) -> Iterator[Groups]:
    texts = rows.texts
    yield by_size("length of the text in characters", [len(text) for text in texts])
    yield by_name("script that most letters have", [_script(text) for text in texts])
    for column, values in rows.slices.items():
        yield by_column(column, values)


def _script(text: str) -> str:
    return next((script for script, _ in scripts_of(text).most_common(1)), NO_LETTERS)


def by_column(by: str, values: Sequence[Any]) -> Groups:
    """Few values each on its own, many numbers or dates in ranges."""
    if len(set(values)) <= MOST:
        return by_name(by, values)
    numbers = _numbers(values)
    if numbers is not None:
        return by_size(by, numbers)
    days = _days(values)
    return by_name(by, values) if days is None else by_size(by, days, write=_date)


def _numbers(values: Sequence[Any]) -> NDArray[np.float64] | None:
    """The values as numbers, NaN if missing; None if they are not numbers, even as text."""
    if any(isinstance(value, bool) for value in values):
        return None
    try:
        return np.array([np.nan if value is None else float(value) for value in values])
    except (ValueError, OverflowError):
        return None


def _days(values: Sequence[Any]) -> NDArray[np.float64] | None:
    """The values as numbers of days, NaN if missing; None if they are not ISO dates, with or without a time."""
    try:
        return np.array(
            [np.nan if value is None else datetime.fromisoformat(str(value).strip()).toordinal() for value in values]
        )
    except ValueError:
        return None


def _date(day: float) -> str:
    return date.fromordinal(int(day)).isoformat()


def by_size(
    by: str, values: Sequence[float] | NDArray[np.float64], *, write: Callable[[float], str] | None = None
) -> Groups:
    """Numbers in ranges with about as many rows each; those that are not finite count as missing."""
    array = np.asarray(values, dtype=np.float64)
    known = array[np.isfinite(array)]
    if not known.size:
        return Groups(by, [MISSING], np.zeros(len(array), dtype=np.int64))
    edges = np.unique(np.quantile(known, np.linspace(0, 1, PARTS + 1), method="nearest"))
    of_row = np.clip(np.searchsorted(edges, array, side="right") - 1, 0, max(0, len(edges) - 2))
    whole = bool((known == np.rint(known)).all())
    names = _ranges(edges.tolist(), write or ("{:,.0f}".format if whole else quantity), whole=whole)
    missing = ~np.isfinite(array)
    if missing.any():
        of_row[missing], names = len(names), [*names, MISSING]
    return Groups(by, names, of_row)


def _ranges(edges: list[float], write: Callable[[float], str], *, whole: bool) -> list[str]:
    """From each edge to the next, which belongs to the next range; whole numbers end one before it."""
    if len(edges) < 2:
        return [write(edges[0])]
    ends = [*(high - 1 if whole else high for high in edges[1:-1]), edges[-1]]
    spans = [(write(low), write(high)) for low, high in zip(edges, ends, strict=False)]
    return [low if low == high else f"{low} to {high}" for low, high in spans]


def by_name(by: str, values: Sequence[Any]) -> Groups:
    """A group for each value: numbers and dates in order, others by frequency.

    Rare values, and those beyond ``MOST``, form one group.
    """
    counts = Counter(values)
    common = [value for value, count in counts.most_common(MOST) if count >= FEWEST]
    if len(counts) > len(common) == MOST:
        common.pop()
    sizes = _numbers(common)
    if sizes is None:
        sizes = _days(common)
    if sizes is not None:
        common = [common[k] for k in np.argsort(sizes, kind="stable")]
    index = {value: k for k, value in enumerate(common)}
    names = [MISSING if value is None else str(value) for value in common]
    if len(counts) > len(common):
        names.append(OTHERS)
    return Groups(by, names, np.array([index.get(value, len(common)) for value in values], dtype=np.int64))


def _figure(part: Part, grouping: Groups) -> Figure:
    metric = part.answers.metric
    metric_name = name_of(metric)
    rows = [np.flatnonzero(grouping.of_row == k) for k in range(len(grouping.names))]
    intervals = [[_interval(side, each) for side in part.outcomes.values()] for each in rows]
    title = _title(grouping, [each[0] for each in intervals], metric, higher_is_better=part.answers.higher_is_better)
    caption = f"The {metric_name} by {grouping.by}; lines are 95 % intervals, the dashed line is all rows together."
    drawn = [Range(name, each) for name, each in zip(grouping.names, intervals, strict=True)]
    whole = part.answers.measure()(part.answers.weights)
    lines = [
        [name, f"{len(each):,}", *(i.words(metric) for i in intervals_of_group)]
        for name, each, intervals_of_group in zip(grouping.names, rows, intervals, strict=True)
    ]
    table = Table(f"{metric_name} by {grouping.by}", [grouping.by, "rows", *part.outcomes], lines)
    legend = [*part.outcomes, "mark: all rows"]
    return Figure(
        title, caption, ranges(title, caption, drawn, metric_name, mark=whole, limits=limits_of(metric)), legend, table
    )


def _interval(side: Outcomes, rows: NDArray[np.int64]) -> Interval:
    return side.take(rows).interval() if len(rows) >= FEWEST else Interval(np.nan, np.nan, np.nan)


def _title(grouping: Groups, intervals: Sequence[Interval], metric: str, *, higher_is_better: bool) -> str:
    """The group with the worst answers, if the difference is more than chance."""
    known = [(each, name) for each, name in zip(intervals, grouping.names, strict=True) if np.isfinite(each.value)]
    if len(known) < 2:
        return f"By {grouping.by}: too few rows to say"
    ordered = sorted(known, key=lambda pair: pair[0].value, reverse=higher_is_better)
    (best, _), (worst, name) = ordered[0], ordered[-1]
    apart = worst.high < best.low if higher_is_better else worst.low > best.high
    if not apart:
        return f"By {grouping.by}: no difference that these rows show"
    return (
        f"By {grouping.by}: worst for “{name}”, {name_of(metric)} {figure(metric, worst.value)} against "
        f"{figure(metric, best.value)}"
    )
