"""Calibration: whether answers are right as often as their probabilities claim."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.tasks.metrics.rows import row_weights

BINS = 15


class Reliability(NamedTuple):
    """What a reliability diagram draws: bins from the lowest confidence up, none of them empty, each array (bins,)."""

    confidence: NDArray[np.float64]
    """The mean confidence of a bin's rows."""
    right: NDArray[np.float64]
    """The share of them that are right."""
    rows: NDArray[np.float64]
    """How many there are, each counted with its weight."""


def reliability(
    confidence: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None, bins: int = BINS
) -> Reliability:
    """Gather rows of similar confidence in bins of equal size (Nixon et al. 2019, section 3).

    Confidences crowd near 1, where bins of equal width would put almost all rows in one. Rows of equal confidence stay
    together, so their order does not matter; if many are equal, bins differ in size or are fewer.

    Args:
        confidence: the probability of the answer, (rows,).
        right: whether the answer is right, (rows,).
        weights: how much each row counts, (rows,); those of weight 0 are left out.
        bins: how many, at most.

    Raises:
        DataError: there is not one weight for each row, or one is negative or not finite.
    """
    weight = row_weights(weights, len(np.asarray(confidence)))
    used = weight > 0
    confidences, hits, weight = np.asarray(confidence, dtype=np.float64)[used], np.asarray(right)[used], weight[used]
    different, place = np.unique(confidences, return_inverse=True)
    mass = np.bincount(place, weight, minlength=len(different))
    middle = np.cumsum(mass) - mass / 2
    bin_of = np.floor(bins * middle / mass.sum()).astype(np.int64)[place] if len(place) else place
    gather = partial(np.bincount, bin_of, minlength=bins)
    rows = gather(weight).astype(np.float64)
    kept = rows > 0
    mean_confidence, accuracy = (gather(weight * values)[kept] / rows[kept] for values in (confidences, hits))
    return Reliability(mean_confidence, accuracy, rows[kept])


def expected_calibration_error(
    confidence: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None, bins: int = BINS
) -> float:
    """The mean distance of confidence from accuracy over the bins of `reliability` (Guo et al. 2017, equation 3).

    0 if answers are right as often as they claim. Few rows make it too large: even perfect probabilities vary by
    chance in each bin. NaN without rows.

    Args:
        confidence: the probability of the answer, (rows,).
        right: whether the answer is right, (rows,).
        weights: how much each row counts, (rows,).
        bins: how many.
    """
    mean_confidence, accuracy, rows = reliability(confidence, right, weights, bins)
    return float((rows * np.abs(mean_confidence - accuracy)).sum() / rows.sum()) if rows.size else float("nan")
