"""What the weights of a blend make small on the rows they are learned on: its gradient.

One file a kind; a task names its own. All are convex in the weights, so there is one lowest value and no start to choose.
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


def gradient_of(task: Task, scores: Sequence[Floats], encoded: Encoded, rows: Floats) -> Gradient:
    """The gradient of the task's criterion.

    Args:
        task: names the criterion, and says what the scores mean.
        scores: each model's scores, (rows, size).
        encoded: what ``task.encode`` made of the targets, (rows, width).
        rows: how much each row counts, (rows,), in sum 1.

    Raises:
        ConfigError: the task names a criterion that there is not.
    """
    return criteria.get(task.blend_criterion)(task, scores, encoded, rows)


__all__ = ["Criterion", "Encoded", "Floats", "Gradient", "criteria", "gradient_of"]
