"""Losses, one file each. A task names the one that its training minimises."""

from __future__ import annotations

import inspect
from typing import Any

from reread.errors import ConfigError
from reread.registry import Registry
from reread.tasks import Task
from reread.tasks.base import ClassWeights
from reread.train.losses.base import Loss
from reread.train.losses.weights import class_weights

losses: Registry[type[Loss]] = Registry("loss", __name__)


def build_loss(task: Task, weights: ClassWeights | None = None, **options: Any) -> Loss:
    """The loss of a task.

    Args:
        task: the task that made the targets.
        weights: the result of ``class_weights``.
        options: of that task's loss, such as ``label_smoothing``.

    Raises:
        ConfigError: the loss does not have an option, or its value is invalid.
    """
    for option in options:
        if not takes(task, option):
            raise ConfigError(f'the loss of {task.name} has no option "{option}"; leave it out')
    return losses.get(task.loss)(task, weights, **options)


def check_smoothing(task: Task, share: float) -> None:
    """Refuse label smoothing that the task's loss does not know.

    Raises:
        ConfigError: the share is above 0, and no target has one class a text.
    """
    if share and not takes(task, "label_smoothing"):
        raise ConfigError(
            f"training.label_smoothing = {share:g}: label smoothing is for targets with one class a text, without an "
            f"order, not for {task.name}; leave it out"
        )


def takes(task: Task, option: str) -> bool:
    """Whether the loss of a task has an option; a joint loss has those of its parts."""
    named = inspect.signature(losses.get(task.loss)).parameters.keys() - {"task", "class_weights", "shared"}
    return option in named or any(takes(part, option) for part in task.parts.values())


__all__ = ["ClassWeights", "Loss", "build_loss", "check_smoothing", "class_weights", "losses", "takes"]
