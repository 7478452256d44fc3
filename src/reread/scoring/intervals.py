"""Intervals that hold the truth as often as they say: split-conformal prediction (Lei et al. 2018, algorithm 2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError
from reread.tasks import Task
from reread.tasks.regression import Regression, to_numbers

Floats = NDArray[np.float64]

MOST = 10_000  # residuals kept: the promise holds for any number of them, a random choice included
ROUNDING = 1e-9  # so that 0.9 · 10 is rank 9


def absolute_residuals(task: Task, targets: Sequence[Any], scores: ArrayLike, *, seed: int = 0) -> Floats:
    """How far the predictions of rows that were not trained on are from the truth, sorted, (rows,).

    Empty where the answer is no number. Of more than ``MOST`` rows a random choice is kept.
    """
    if not isinstance(task, Regression):
        return np.zeros(0)
    residuals = np.abs(to_numbers(targets) - np.asarray(task.predict(scores)))
    if len(residuals) > MOST:
        residuals = np.random.default_rng(seed).choice(residuals, MOST, replace=False)
    return np.sort(residuals)


def conformal_radius(residuals: Floats, coverage: float) -> float:
    """Half the width of the intervals around a prediction: the ⌈(n + 1) · coverage⌉-th smallest residual.

    A new text, drawn as the n held-out ones were, has its truth in the interval with at least this probability.

    Args:
        residuals: sorted, of rows that were not trained on, (n,).
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
            f"coverage {coverage} needs at least {least} validation rows, there are {len(residuals)}; "
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
