"""What the weights of a blend make small on the rows they are learned on, by task: its gradient.

Log loss where the answer is a class, the root of the mean squared error where it is a number. Both are convex in the
weights, so there is one lowest value and no start to choose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.model.simplex import Floats, Gradient
from reread.tasks import Task
from reread.tasks.metrics.ranking import EPSILON

Encoded: TypeAlias = NDArray[np.float32]
Criterion: TypeAlias = Callable[[Any, Sequence[Floats], Encoded, Floats], Gradient]


def gradient_of(task: Task, scores: Sequence[Floats], encoded: Encoded, rows: Floats) -> Gradient:
    """The gradient of the task's criterion.

    Args:
        task: says what the scores mean.
        scores: each model's scores, (rows, size).
        encoded: what ``task.encode`` made of the targets, (rows, width).
        rows: how much each row counts, (rows,), in sum 1.
    """
    return CRITERIA[task.name](task, scores, encoded, rows)


def log_loss(chances: Floats, rows: Floats) -> Gradient:
    """Of the mean −log of the blended chance, from each model's chance of what is true, (rows, models)."""
    kept = np.maximum(chances, EPSILON)  # as the metric keeps them off 0
    return lambda blend: -(rows / (kept @ blend)) @ kept


def root_mean_square(errors: Floats, rows: Floats) -> Gradient:
    """Of the root of the mean square of the blended error, from each model's errors, (rows, models)."""

    def gradient(blend: Floats) -> Floats:
        blended = errors @ blend
        root = max(float(np.sqrt(rows @ blended**2)), EPSILON)
        return np.asarray((rows * blended) @ errors / root, dtype=np.float64)

    return gradient


def _classes(task: Any, scores: Sequence[Floats], encoded: Encoded, rows: Floats) -> Gradient:
    chances = np.stack([task.likelihood(encoded, own).ravel() for own in scores], axis=1)
    each = len(chances) // len(rows)  # one a row, or one for each of its labels
    return log_loss(chances, np.repeat(rows, each) / each)


def _regression(task: Any, scores: Sequence[Floats], encoded: Encoded, rows: Floats) -> Gradient:
    answers = np.stack([task.predict(own) for own in scores], axis=1)
    return root_mean_square((answers - task.mean) / task.scale - encoded, rows)  # in deviations of the targets


def _joint(task: Any, scores: Sequence[Floats], encoded: Encoded, rows: Floats) -> Gradient:
    places, total = task.target_slices(), sum(task.weights.values())
    parts = []
    for name, own in task.slices().items():
        of_part = [each[:, own] for each in scores]
        gradient = gradient_of(task.parts[name], of_part, encoded[:, places[name]], rows)
        parts.append((task.weights[name] / total, gradient))
    return lambda blend: np.asarray(sum(weight * gradient(blend) for weight, gradient in parts), dtype=np.float64)


CRITERIA: dict[str, Criterion] = {
    "classification": _classes,
    "ordinal": _classes,
    "multilabel": _classes,
    "regression": _regression,
    "joint": _joint,
}
