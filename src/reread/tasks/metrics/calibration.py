"""Whether answers are right as often as their probabilities say."""

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
    """The share of them that is right."""
    rows: NDArray[np.float64]
    """How many they are, each counted with its weight."""


def reliability(
    confidence: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None, bins: int = BINS
) -> Reliability:
    """Gather rows of like confidence in bins of equally many rows (Nixon et al. 2019, section 3).

    Confidences crowd near 1, where bins of equal width would put almost all rows in one. Rows of equal confidence stay
    together, so their order does not matter; where many are equal, bins differ in size or are fewer.

    Args:
        confidence: the probability given to what was answered, (rows,).
        right: whether it was right, (rows,).
        weights: how much each row counts, (rows,); those of weight 0 are left out.
        bins: how many, at most.

    Raises:
        DataError: weights that are not one for each row, or not finite and at least 0.
    """
    weight = row_weights(weights, len(np.asarray(confidence)))
    used = weight > 0
    chances, hits, weight = np.asarray(confidence, dtype=np.float64)[used], np.asarray(right)[used], weight[used]
    different, place = np.unique(chances, return_inverse=True)
    mass = np.bincount(place, weight, minlength=len(different))
    middle = np.cumsum(mass) - mass / 2
    bin_of = np.floor(bins * middle / mass.sum()).astype(np.int64)[place] if len(place) else place
    gather = partial(np.bincount, bin_of, minlength=bins)
    rows = gather(weight).astype(np.float64)
    kept = rows > 0
    said, was = (gather(weight * values)[kept] / rows[kept] for values in (chances, hits))
    return Reliability(said, was, rows[kept])


def expected_calibration_error(
    confidence: ArrayLike, right: ArrayLike, weights: ArrayLike | None = None, bins: int = BINS
) -> float:
    """How far confidence is from the share that is right, the mean over the bins of `reliability` (Guo et al. 2017, equation 3).

    0 where answers are right as often as they say. Few rows make it too large: even of perfect chances each bin has its luck.
    NaN of no rows.

    Args:
        confidence: the probability given to what was answered, (rows,).
        right: whether it was right, (rows,).
        weights: how much each row counts, (rows,).
        bins: how many.
    """
    said, was, rows = reliability(confidence, right, weights, bins)
    return float((rows * np.abs(said - was)).sum() / rows.sum()) if rows.size else float("nan")
