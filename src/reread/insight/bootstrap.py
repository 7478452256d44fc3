"""How far a mean of few values can be trusted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from reread.errors import ConfigError, DataError
from reread.insight.significance import scipy_stats

RESAMPLES = 10_000


def bootstrap_interval(values: ArrayLike, level: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """The expanded percentile interval of a mean (Hesterberg 2015, "What Teachers Should Know About the Bootstrap").

    The plain percentile interval of n values is too narrow by √((n − 1)/n) and by the step from Student's t to the
    normal distribution, much for the few seeds of an experiment; the percentiles are moved out by that much. No
    resample is beyond the values themselves: for 2 or 3 of them the interval is from the lowest to the highest.

    Args:
        values: one each run, (n,).
        level: the share of such intervals that should hold the true mean, between 0 and 1.
        seed: of the resamples.

    Raises:
        DataError: there are fewer than 2 values, or one is not finite.
        ConfigError: the level is not between 0 and 1.
        MissingExtraError: scipy is not installed.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or len(array) < 2 or not np.isfinite(array).all():
        raise DataError(f"{array.tolist()}: an interval needs 2 or more finite values")
    if not 0 < level < 1:
        raise ConfigError(f"level = {level}: expected a number between 0 and 1, such as 0.95")
    stats = scipy_stats()
    n = len(array)
    tail = stats.norm.cdf(stats.t.ppf((1 - level) / 2, n - 1) * np.sqrt(n / (n - 1)))
    means = np.random.default_rng(seed).choice(array, (RESAMPLES, n)).mean(axis=1)
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)
