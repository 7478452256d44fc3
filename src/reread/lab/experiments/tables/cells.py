"""A summary as tables of text cells, the content of every table format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias

from reread.insight.conclusions import Corrected, p_text
from reread.lab.experiments.summary import BestOf, Cell, Comparison, Summary

NOTHING = "–"

Row: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows under a header; the first ``names`` columns are names, the others figures. A group is a setting."""

    title: str
    names: int
    header: Row
    groups: tuple[tuple[Row, ...], ...]


def tables_of(summary: Summary) -> list[Table]:
    """Accuracy, comparisons, and the best of several runs; those that have rows."""
    counts = sorted({n for best in summary.best for n in best.expected})
    tables = [
        Table(
            "Test accuracy, %",
            2,
            ("setting", "model", "n", "mean", "std", "95 % interval", "printed"),
            _grouped(summary.cells, _cell_row),
        ),
        Table(
            "Differences in points, with p-values over seeds and over test examples, each with Holm's correction",
            2,
            ("setting", "difference", "points", "seeds", "p", "corrected", "examples", "p", "corrected"),
            _grouped(summary.comparisons, _comparison_row),
        ),
        Table(
            "Expected validation accuracy of the best of n runs, %",
            2,
            ("setting", "model", "runs", *(f"n = {n}" for n in counts)),
            _grouped(summary.best, lambda best: _best_row(best, counts)),
        ),
    ]
    return [table for table in tables if table.groups]


def number(value: float | None, digits: int = 2) -> str:
    """A figure, or a dash if there is none."""
    return NOTHING if value is None else f"{value:.{digits}f}".replace("-", "−")


def _grouped(items: Iterable[Any], row: Callable[[Any], Row]) -> tuple[tuple[Row, ...], ...]:
    return tuple(tuple(row(item) for item in group) for _, group in groupby(items, lambda item: item.setting))


def _cell_row(cell: Cell) -> Row:
    interval = NOTHING if cell.interval is None else "{} to {}".format(*map(number, cell.interval))
    return (
        cell.setting,
        cell.model,
        str(cell.n),
        number(cell.mean),
        number(cell.std),
        interval,
        number(cell.printed, 1),
    )


def _comparison_row(comparison: Comparison) -> Row:
    tests = (comparison.over_seeds, comparison.over_examples)
    points = next((100 * tested.test.difference for tested in tests if tested), None)
    return (
        comparison.setting,
        f"{comparison.first} − {comparison.second}",
        number(points),
        *_test_row(tests[0]),
        *_test_row(tests[1]),
    )


def _test_row(tested: Corrected | None) -> Row:
    if tested is None:
        return (NOTHING,) * 3
    return f"{tested.test.n:,}", p_text(tested.test.p_value), p_text(tested.p_value)


def _best_row(best: BestOf, counts: Sequence[int]) -> Row:
    return best.setting, best.model, str(best.n), *(number(best.expected.get(n)) for n in counts)
