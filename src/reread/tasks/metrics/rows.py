"""Row weights, and weighted means."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import DataError


def row_weights(weights: ArrayLike | None, rows: int) -> NDArray[np.float64]:
    """One weight per row; 1 for each if none are given.

    Raises:
        DataError: there is not one for each row, or one is negative or not finite.
    """
    if weights is None:
        return np.ones(rows)
    checked = np.asarray(weights, dtype=np.float64)
    if checked.shape != (rows,):
        raise DataError(f"weights of shape {checked.shape} for {rows} rows; there must be one weight per row")
    wrong = checked[~(np.isfinite(checked) & (checked >= 0))]
    if wrong.size:
        raise DataError(f"a row's weight is {wrong[0]}; weights must be finite and not negative")
    return checked


def mean(values: ArrayLike, weights: NDArray[np.float64]) -> float:
    """The weighted mean; NaN without rows."""
    total = weights.sum()
    return float((np.asarray(values) * weights).sum() / total) if total > 0 else float("nan")


def defined_mean(values: ArrayLike) -> float:
    """The mean of the values that are not NaN; NaN if all are."""
    array = np.asarray(values, dtype=np.float64)
    defined = array[~np.isnan(array)]
    return float(defined.mean()) if defined.size else float("nan")
