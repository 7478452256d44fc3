"""The criteria that the weights of a blend minimise, as gradients.

There is one file a kind; a task names its criterion. All are convex in the weights, so they have one minimum, and the
starting point does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.model.simplex import Floats, Gradient
from reread.registry import Registry
from reread.tasks import Task

Encoded: TypeAlias = NDArray[np.float32]
Criterion: TypeAlias = Callable[[Any, Sequence[Floats], Encoded, Floats], Gradient]
"""As `gradient_of`, of a task that names it."""

criteria: Registry[Criterion] = Registry("blend criterion", __name__)


def gradient_of(task: Task, scores: Sequence[Floats], encoded: Encoded, weights: Floats) -> Gradient:
    """The gradient of the task's criterion.

    Args:
        task: names the criterion, and gives the scores their meaning.
        scores: each model's scores, (rows, size).
        encoded: the targets, encoded by ``task.encode``, (rows, width).
        weights: how much each row counts, (rows,), in sum 1.

    Raises:
        ConfigError: the task names an unknown criterion.
    """
    return criteria.get(task.blend_criterion)(task, scores, encoded, weights)


__all__ = ["Criterion", "Encoded", "Floats", "Gradient", "criteria", "gradient_of"]
