"""Tasks, one file each: from targets to what a loss reads, and from scores to answers, in NumPy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reread.errors import ConfigError
from reread.registry import Registry
from reread.tasks.base import Task

tasks: Registry[type[Task]] = Registry("task", __name__)


def task_from_config(config: Mapping[str, Any]) -> Task:
    """The task that ``Task.to_config`` described.

    Raises:
        ConfigError: the configuration has no known task, or does not fit it.
    """
    if "task" not in config:
        raise ConfigError(
            f'a task\'s configuration needs "task", one of {", ".join(tasks.names())}; got {sorted(config)}'
        )
    settings = {key: value for key, value in config.items() if key != "task"}
    try:
        return tasks.get(config["task"]).from_config(settings)
    except TypeError as error:
        raise ConfigError(f'the configuration of task "{config["task"]}" does not fit it: {error}') from error


def infer_task(
    targets: Sequence[Any] | Mapping[str, Any], *, kind: str = "label", order: Sequence[Any] | None = None
) -> str:
    """The name of the task that suits these targets.

    Args:
        targets: one value per text, or the columns of several targets by name.
        kind: "label" or "number": numbers in a label column stay classes.
        order: the classes from lowest to highest, if the user gave them.
    """
    if isinstance(targets, Mapping):
        return "joint"
    if kind == "number":
        return "regression"
    if order is not None:
        return "ordinal"
    is_list = any(not isinstance(target, str) and hasattr(target, "__iter__") for target in targets)
    return "multilabel" if is_list else "classification"


__all__ = ["Task", "infer_task", "task_from_config", "tasks"]
