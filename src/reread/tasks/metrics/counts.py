"""Metrics of answered classes, from counts.

Truth and answer are class indices (rows,) or 0/1 matrices (rows, labels).
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.tasks.metrics.rows import defined_mean, mean, row_weights

Classes: TypeAlias = NDArray[np.integer[Any]] | NDArray[np.bool_]


class Counts(NamedTuple):
    """How often each class was answered correctly, was true, and was answered."""

    hits: NDArray[np.float64]
    true: NDArray[np.float64]
    answered: NDArray[np.float64]


def confusion(truth: Classes, answer: Classes, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """Weighted counts (true class, answered class)."""
    size = 1 + int(max(truth.max(initial=0), answer.max(initial=0)))
    counts = np.bincount(truth * size + answer, row_weights(weights, len(truth)), minlength=size * size)
    return counts.reshape(size, size).astype(np.float64)


def count(truth: Classes, answer: Classes, weights: ArrayLike | None = None) -> Counts:
    """Counts per class, of indices or of a 0/1 matrix."""
    if truth.ndim == 1:
        table = confusion(truth, answer, weights)
        return Counts(np.diagonal(table), table.sum(axis=1), table.sum(axis=0))
    column = row_weights(weights, len(truth))[:, None]
    true, answered = truth.astype(bool), answer.astype(bool)
    return Counts(*((is_counted * column).sum(axis=0) for is_counted in (true & answered, true, answered)))


def accuracy(truth: Classes, answer: Classes, weights: ArrayLike | None = None) -> float:
    """The share of rows answered correctly; in a matrix, of rows with every label correct."""
    same = truth == answer
    return mean(same if same.ndim == 1 else same.all(axis=1), row_weights(weights, len(truth)))


def f1_scores(truth: Classes, answer: Classes, weights: ArrayLike | None = None) -> NDArray[np.float64]:
    """F1 of each class, 2·hits / (true + answered) (van Rijsbergen 1979); NaN where it is neither true nor answered."""
    hits, true, answered = count(truth, answer, weights)
    return _ratio(2 * hits, true + answered)


def macro_f1(truth: Classes, answer: Classes, weights: ArrayLike | None = None) -> float:
    """The mean F1 of the classes that are true or answered somewhere."""
    return defined_mean(f1_scores(truth, answer, weights))


def micro_f1(truth: Classes, answer: Classes, weights: ArrayLike | None = None) -> float:
    """F1 of all classes' counts together; with one class per row it is the accuracy."""
    hits, true, answered = (part.sum() for part in count(truth, answer, weights))
    return float(_ratio(2 * hits, true + answered))


def mcc(truth: Classes, answer: Classes, weights: ArrayLike | None = None) -> float:
    """Matthews' correlation for several classes (Gorodkin 2004, equation 8).

    NaN if only one class is true; 0, as usual, if only the answers are all the same.
    """
    hits, true, answered = count(truth, answer, weights)
    rows = true.sum()
    true_spread, answered_spread = rows**2 - (true**2).sum(), rows**2 - (answered**2).sum()
    if np.count_nonzero(true) < 2:
        return float("nan")
    if np.count_nonzero(answered) < 2:
        return 0.0
    return float((hits.sum() * rows - true @ answered) / np.sqrt(true_spread * answered_spread))


def quadratic_kappa(truth: Classes, answer: Classes, weights: ArrayLike | None = None) -> float:
    """Agreement beyond chance, a disagreement counted by its squared distance in ranks (Cohen 1968)."""
    table = confusion(truth, answer, weights)
    ranks = np.arange(len(table))
    distance = (ranks[:, None] - ranks[None, :]) ** 2
    by_chance = np.outer(table.sum(axis=1), table.sum(axis=0)) * distance
    return float(1 - _ratio((table * distance).sum() * table.sum(), by_chance.sum()))


def _ratio(above: ArrayLike, below: ArrayLike) -> NDArray[np.float64]:
    """Above / below, NaN where below is 0."""
    result = np.full(np.shape(below), np.nan)
    np.divide(above, below, out=result, where=np.asarray(below) > 0)
    return result
