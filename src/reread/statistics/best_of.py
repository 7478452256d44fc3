"""The expected best of several runs on validation rows, and how much of it is luck."""

from __future__ import annotations

from statistics import NormalDist

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


def luck_of_best(n: int) -> float:
    """How far the best of ``n`` equally good models seems above them all, in standard errors of their figures.

    It is the expected largest of ``n`` independent draws from a standard normal distribution, to about a hundredth.
    Figures of models measured on the same rows rise and fall together, so for them this is the most that luck adds.

    Raises:
        ConfigError: ``n`` is below 1.
    """
    draws = max(10_000, 100 * n)
    return expected_best([NormalDist().inv_cdf((k + 0.5) / draws) for k in range(draws)], n)
