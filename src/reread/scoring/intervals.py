"""Intervals and sets with a stated coverage: split-conformal prediction (Lei et al. 2018, algorithm 2).

Validation rows may have weights; the coverage then holds for the weighted population.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError
from reread.tasks import Task
from reread.tasks.metrics.rows import row_weights
from reread.tasks.single_label import SingleLabelTask

Floats = NDArray[np.float64]

MOST = 10_000  # residuals kept; quantiles of more rows keep the coverage, and exceed it by less than 1 / MOST
ROUNDING = 1e-9  # so that 0.9 · 10 is rank 9
BORDER = 1e-6  # a class on the border of a set is in it with every engine's rounding


def held_out_residuals(
    task: Task, targets: Sequence[Any], scores: ArrayLike, weights: ArrayLike | None = None
) -> Floats:
    """The errors on rows that were not trained on, sorted, (n,); see `Task.residuals`.

    These are the weighted k/n-quantiles of the rows. With equal weights that is each row once; otherwise n is the
    effective sample size (Kish 1965: squared sum over sum of squares), and the coverage is approximate. At most
    ``MOST`` are kept.

    Args:
        task: what the scores mean.
        targets: of the rows, as ``task.encode`` takes them.
        scores: calibrated scores, (rows, size).
        weights: how much each row counts, (rows,), not all 0.
    """
    residuals = task.residuals(targets, scores)
    if not residuals.size:
        return residuals
    order, rows = np.argsort(residuals), row_weights(weights, len(residuals))
    counted = np.cumsum(rows[order])
    kept = min(MOST, int(counted[-1] ** 2 / (rows @ rows) + ROUNDING))
    quantiles = np.arange(1, kept + 1) / kept - ROUNDING
    return np.asarray(residuals[order[np.searchsorted(counted, quantiles * counted[-1])]], dtype=np.float64)


def conformal_radius(residuals: Floats, coverage: float) -> float:
    """Half the width of an interval: the ⌈(n + 1) · coverage⌉-th smallest residual.

    The error on a new text, drawn like the n validation texts, is at most this with at least this probability.

    Args:
        residuals: of rows that were not trained on, as `held_out_residuals` gives them, (n,).
        coverage: the probability, between 0 and 1.

    Raises:
        ConfigError: the coverage is no probability between 0 and 1.
        DataError: there are too few residuals for this coverage.
    """
    if not 0 < coverage < 1:
        raise ConfigError(f"coverage = {coverage}: expected a number between 0 and 1, such as 0.9")
    rank = math.ceil((len(residuals) + 1) * coverage - ROUNDING)
    if rank > len(residuals):
        least = math.ceil(coverage / (1 - coverage) - ROUNDING)
        raise DataError(
            f"coverage {coverage} needs at least {least} validation rows, but there are {len(residuals)} "
            "(fewer with unequal weights); "
            f"train on more texts, hold out a larger share, or ask for less"
        )
    return float(residuals[rank - 1])


def conformal_intervals(answers: ArrayLike, residuals: Floats, coverage: float) -> Floats:
    """The lowest and the highest number to expect for each answer (texts,), (texts, 2); all are equally wide.

    Raises:
        ConfigError: the coverage is no probability between 0 and 1.
        DataError: there are too few residuals for this coverage.
    """
    numbers, radius = np.asarray(answers, dtype=np.float64), conformal_radius(residuals, coverage)
    return np.stack([numbers - radius, numbers + radius], axis=1)


def conformal_sets(task: SingleLabelTask, scores: ArrayLike, residuals: Floats, coverage: float) -> NDArray[np.bool_]:
    """Which classes to expect, (rows, classes): the probable ones (Sadinle et al. 2019, equation 7), and the answer.

    Of all sets with this coverage these are the smallest on average; cumulative sets (Romano et al. 2020) are larger,
    and more even over easy and hard texts: `benchmarks/quality/sureness.py` measures both. Sets of ordered classes
    have no gaps.

    Args:
        task: what the scores mean.
        scores: calibrated scores, (rows, size).
        residuals: of rows that were not trained on, sorted, (n,).
        coverage: the probability that the true class is in the set, between 0 and 1.

    Raises:
        ConfigError: the coverage is no probability between 0 and 1.
        DataError: there are too few residuals for this coverage.
    """
    checked = np.asarray(scores, dtype=np.float64)
    members = 1 - task.probabilities(checked) <= conformal_radius(residuals, coverage) + BORDER
    members[np.arange(len(members)), task.choice(checked)] = True
    return task.whole(members)
