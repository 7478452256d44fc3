"""Metrics of answered numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.tasks.metrics.rows import mean, row_weights


def mae(truth: ArrayLike, answer: ArrayLike, weights: ArrayLike | None = None) -> float:
    """The mean absolute error."""
    errors = _errors(truth, answer)
    return mean(np.abs(errors), row_weights(weights, len(errors)))


def rmse(truth: ArrayLike, answer: ArrayLike, weights: ArrayLike | None = None) -> float:
    """The root of the mean squared error."""
    errors = _errors(truth, answer)
    return float(np.sqrt(mean(errors**2, row_weights(weights, len(errors)))))


def r2(truth: ArrayLike, answer: ArrayLike, weights: ArrayLike | None = None) -> float:
    """1 − squared errors / squared deviations from the mean (Draper & Smith 1998, section 1.3).

    NaN if the truth is constant.
    """
    true, errors = np.asarray(truth, dtype=np.float64), _errors(truth, answer)
    weight = row_weights(weights, len(true))
    deviations = true - mean(true, weight)
    spread = (weight * deviations**2).sum()
    if _constant(true[weight > 0]) or not spread > 0:
        return float("nan")
    return float(1 - (weight * errors**2).sum() / spread)


def pearson(truth: ArrayLike, answer: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Linear correlation (Pearson 1895), with weights that of the weighted moments; NaN if either side is constant."""
    first, second = np.asarray(truth, dtype=np.float64), np.asarray(answer, dtype=np.float64)
    weight = row_weights(weights, len(first))
    if _constant(first[weight > 0]) or _constant(second[weight > 0]):
        return float("nan")
    first, second = _unit(first, weight), _unit(second, weight)
    return float(np.clip((first * second).sum(), -1, 1))


def spearman(truth: ArrayLike, answer: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Pearson's correlation of the ranks, ties sharing their mean rank (Spearman 1904); ranks are unweighted."""
    weight = row_weights(weights, len(np.asarray(truth)))
    used = weight > 0
    return pearson(ranks(np.asarray(truth)[used]), ranks(np.asarray(answer)[used]), weight[used])


def ranks(values: ArrayLike) -> NDArray[np.float64]:
    """Each value's rank from 1, ties sharing their mean rank."""
    _, place, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place], dtype=np.float64)


def _errors(truth: ArrayLike, answer: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(answer, dtype=np.float64) - np.asarray(truth, dtype=np.float64)


def _constant(values: NDArray[np.float64]) -> bool:
    return values.size < 2 or bool(values.min() == values.max())


def _unit(values: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Deviations from the mean times the root of the weight, as a unit vector, scaled first to avoid overflow."""
    deviations = values - mean(values, weight)
    deviations = deviations / np.abs(deviations[weight > 0]).max() * np.sqrt(weight)
    return np.asarray(deviations / np.linalg.norm(deviations), dtype=np.float64)
