"""Bootstrap intervals of means of few values, and standard errors of figures of many rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import ModuleType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError, MissingExtraError

RESAMPLES = 10_000
OF_ROWS = 100  # resamples for a standard error, which is then known to within 10 %


def bootstrap_interval(values: ArrayLike, level: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """The expanded percentile interval of a mean (Hesterberg 2015, "What Teachers Should Know About the Bootstrap").

    The plain percentile interval of n values is too narrow by √((n − 1)/n) and by the step from Student's t to the
    normal distribution, which is a lot for the few seeds of an experiment; the percentiles are widened by that much. No
    resample is beyond the values themselves: for 2 or 3 of them the interval is from the lowest to the highest.

    Args:
        values: one for each run, (n,).
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
    stats = _scipy_stats()
    n = len(array)
    tail = stats.norm.cdf(stats.t.ppf((1 - level) / 2, n - 1) * np.sqrt(n / (n - 1)))
    means = np.random.default_rng(seed).choice(array, (RESAMPLES, n)).mean(axis=1)
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def rows_error(
    measure: Callable[[NDArray[np.float64]], ArrayLike], drawn: int, *, rows: int, seed: int = 0
) -> NDArray[np.float64]:
    """The bootstrap standard errors of figures of rows, (figures,) (Efron & Tibshirani 1993, algorithm 6.1).

    If fewer rows are resampled than the figures are made of, the errors are scaled by √(drawn / rows): the m out of n
    bootstrap (Bickel, Götze & van Zwet 1997, section 2). NaN if most resamples leave the figure undefined.

    Args:
        measure: figures of the rows drawn, (figures,), by how often each one counts, (drawn,).
        drawn: the number of rows to draw, and to draw from.
        rows: the number of rows that the figures are made of.
        seed: of the resamples.
    """
    random = np.random.default_rng(seed)
    counts = (np.bincount(random.integers(0, drawn, drawn), minlength=drawn) for _ in range(OF_ROWS))
    figures = np.array([np.atleast_1d(measure(each.astype(np.float64))) for each in counts])
    defined = [column[np.isfinite(column)] for column in figures.T]
    errors = [each.std(ddof=1) if 2 * len(each) > OF_ROWS else np.nan for each in defined]
    return np.asarray(errors, dtype=np.float64) * math.sqrt(drawn / rows)


def _scipy_stats() -> ModuleType:
    try:
        from scipy import stats  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("intervals of means", "train") from error
    return stats
