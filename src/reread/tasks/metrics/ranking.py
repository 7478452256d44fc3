"""Metrics of one class's probability or score, over all thresholds; and the log loss."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.tasks.metrics.rows import mean, row_weights

EPSILON = float(np.finfo(np.float64).eps)


class Thresholds(NamedTuple):
    """Weights of the positive and negative rows at each distinct score, from the highest score down."""

    positive: NDArray[np.float64]
    negative: NDArray[np.float64]


def thresholds(positive: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> Thresholds:
    """Gather rows of equal score, so that their order does not matter."""
    is_positive = np.asarray(positive, dtype=bool)
    weight = row_weights(weights, len(is_positive))
    different, place = np.unique(-np.asarray(scores, dtype=np.float64), return_inverse=True)
    gather = partial(np.bincount, place, minlength=len(different))
    return Thresholds(*(gather(weight * side).astype(np.float64) for side in (is_positive, ~is_positive)))


def auc(positive: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> float:
    """The probability that a positive row scores above a negative one, ties counting half (Hanley & McNeil 1982).

    NaN if one side is empty.
    """
    gains, losses = thresholds(positive, scores, weights)
    pairs = gains.sum() * losses.sum()
    if not pairs > 0:
        return float("nan")
    above = np.cumsum(gains) - gains / 2
    return float((above * losses).sum() / pairs)


def average_precision(positive: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Σ (recall_n − recall_n−1) · precision_n over the distinct scores (Manning 2008, section 8.4).

    NaN without a positive row.
    """
    gains, losses = thresholds(positive, scores, weights)
    total = gains.sum()
    if not total > 0:
        return float("nan")
    hits = np.cumsum(gains)
    taken = hits + np.cumsum(losses)
    precision = np.divide(hits, taken, out=np.zeros_like(hits), where=taken > 0)
    return float((gains * precision).sum() / total)


def log_loss(truth: NDArray[np.integer], probabilities: NDArray[np.float64], weights: ArrayLike | None = None) -> float:
    """Mean −log p of the true class index (rows,) under probabilities (rows, classes), p clipped (Bishop 2006)."""
    of_truth = np.take_along_axis(probabilities, truth[:, None], axis=1)[:, 0]
    return mean(-np.log(np.clip(of_truth, EPSILON, 1 - EPSILON)), row_weights(weights, len(truth)))
