"""The expected best of several runs on validation rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reread.errors import ConfigError, DataError


def expected_best(values: ArrayLike, n: int) -> float:
    """The expected maximum of ``n`` draws from the values, with replacement (Dodge et al. 2019, section 3).

    With the N values in order, the largest of n draws is at most the i-th with probability (i / N)ⁿ.

    Args:
        values: validation figures of N runs, larger is better, (N,).
        n: draws, 1 … N.

    Raises:
        DataError: a value is not finite.
        ConfigError: ``n`` is below 1 or above the number of values.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64).ravel())
    if not np.isfinite(ordered).all():
        raise DataError(f"{ordered.tolist()}: the values must be finite")
    if not 1 <= n <= len(ordered):
        raise ConfigError(f"the best of {n} draws from {len(ordered)} values: expected 1 to {len(ordered)} draws")
    at_most = (np.arange(len(ordered) + 1) / len(ordered)) ** n
    return float(np.diff(at_most) @ ordered)
