"""Losses: one file per task, registered under the task's name."""

from __future__ import annotations

from typing import Any

from reread.registry import Registry
from reread.tasks import Task
from reread.train.losses.base import Loss
from reread.train.losses.weights import ClassWeights, class_weights

losses: Registry[type[Loss]] = Registry("loss", __name__)


def build_loss(task: Task, weights: ClassWeights | None = None, **options: Any) -> Loss:
    """The loss of a task.

    Args:
        task: the task that made the targets.
        weights: what ``class_weights`` computed.
        options: of that task's loss, such as ``label_smoothing``.
    """
    return losses.get(task.name)(task, weights, **options)


__all__ = ["ClassWeights", "Loss", "build_loss", "class_weights", "losses"]
