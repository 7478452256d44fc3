"""Leaving out uncertain answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError
from reread.scoring.decisions.learning import deciding_parts
from reread.tasks import Task
from reread.tasks.single_label import SingleLabelTask


def doubts(task: SingleLabelTask, scores: ArrayLike, below: float) -> NDArray[np.bool_]:
    """Which answers have a smaller probability than ``below``, (rows,).

    Args:
        task: what the scores mean.
        scores: calibrated scores, (rows, size).
        below: a probability.

    Raises:
        ConfigError: ``below`` is not a probability.
    """
    if not 0 < below <= 1:
        raise ConfigError(f"abstain_below = {below}: expected a probability above 0 and up to 1, such as 0.8")
    return task.confidence(scores) < below


def overrules(task: Task, below: float) -> bool:
    """Whether an answer by threshold, one of two classes, can be less probable than ``below``."""
    one_class = (part for part in deciding_parts(task).values() if part.can_abstain)
    return any(bool((np.minimum(part.thresholds, 1 - part.thresholds) < below).any()) for part in one_class)


def withhold(answers: Sequence[Any], unsure: NDArray[np.bool_]) -> list[Any]:
    """The answers, with None for the uncertain ones."""
    return [None if doubt else answer for answer, doubt in zip(answers, unsure, strict=True)]
