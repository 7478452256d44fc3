"""Intervals and sets that hold the truth as often as they say: split-conformal prediction (Lei et al. 2018, algorithm 2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError
from reread.tasks import Task
from reread.tasks.one_class import OneClassTask

Floats = NDArray[np.float64]

MOST = 10_000  # residuals kept: the promise holds for any number of them, a random choice included
ROUNDING = 1e-9  # so that 0.9 · 10 is rank 9
BORDER = 1e-6  # a class on the border of a set is in it, however another engine rounds


def held_out_residuals(task: Task, targets: Sequence[Any], scores: ArrayLike, *, seed: int = 0) -> Floats:
    """How far the answers of rows that were not trained on are off, sorted, (rows,); see `Task.residuals`.

    Of more than ``MOST`` rows a random choice is kept.
    """
    residuals = task.residuals(targets, scores)
    if len(residuals) > MOST:
        residuals = np.random.default_rng(seed).choice(residuals, MOST, replace=False)
    return np.sort(residuals)


def conformal_radius(residuals: Floats, coverage: float) -> float:
    """How far off an answer may be: the ⌈(n + 1) · coverage⌉-th smallest residual, half the width of an interval.

    A new text, drawn as the n held-out ones were, is off by no more with at least this probability.

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


def conformal_sets(task: OneClassTask, scores: ArrayLike, residuals: Floats, coverage: float) -> NDArray[np.bool_]:
    """Which classes to expect, (rows, classes): those likely enough (Sadinle et al. 2019, equation 7), and the answer itself.

    Of all sets with this coverage these are the smallest on average; sets that add up chances until they suffice (Romano et al. 2020) are larger,
    and more even over easy and hard texts: `benchmarks/quality/sureness.py` measures both. Sets of ordered classes have no gaps.

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
