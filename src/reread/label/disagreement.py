"""How far answers are apart, as Krippendorff's alpha weighs it (Krippendorff 2019, chapter 12)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Disagreement: TypeAlias = Callable[[Floats], tuple[float, float]]
"""Map how often each text counts, (texts,), to the disagreement that was observed and that chance would bring."""
Metric: TypeAlias = Callable[[Floats], Floats]
"""Map how often each of some answers was given, (answers,), to how far they are apart, (answers, answers)."""


def by_metric(first: Sequence[int], second: Sequence[int], metric: Metric, answers: int) -> Disagreement:
    """Disagreement of answers whose distances stand in a table.

    Args:
        first: the number of one person's answer to each text, (texts,).
        second: of the other's.
        metric: their distances.
        answers: how many different ones there are.
    """
    one, other = np.asarray(first, np.int64), np.asarray(second, np.int64)

    def measure(times: Floats) -> tuple[float, float]:
        counts = np.asarray(np.bincount(one, times, answers) + np.bincount(other, times, answers), np.float64)
        table, pairable = metric(counts), counts.sum()
        return float(times @ table[one, other] / times.sum()), float(
            counts @ table @ counts / pairable / (pairable - 1)
        )

    return measure


def by_squares(first: Sequence[float], second: Sequence[float]) -> Disagreement:
    """Disagreement of numbers: squared differences, without a table of all pairs of them."""
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    both = np.concatenate([one, other])

    def measure(times: Floats) -> tuple[float, float]:
        twice = np.concatenate([times, times])
        pairable = twice.sum()
        spread = twice @ (both - twice @ both / pairable) ** 2
        return float(times @ (one - other) ** 2 / times.sum()), float(2 * spread / (pairable - 1))

    return measure


def nominal(counts: Floats) -> Floats:
    """Two different classes are as far apart as any two others."""
    return 1 - np.eye(len(counts))


def ordinal(counts: Floats) -> Floats:
    """Classes in an order are as far apart as there are answers between them."""
    upto = np.cumsum(counts) - counts / 2
    return np.asarray((upto[:, None] - upto[None, :]) ** 2, np.float64)


def masi(sets: Sequence[frozenset[str]]) -> Metric:
    """Sets of labels (Passonneau 2006): 1 − Jaccard's share, weighed by whether one set holds the other."""
    table = np.array([[1 - _alike(one, other) for other in sets] for one in sets]).reshape(len(sets), len(sets))
    return lambda _: table


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    if one == other:
        return 1.0
    shared = one & other
    part = 2 / 3 if one <= other or other <= one else 1 / 3
    return part * len(shared) / len(one | other)
