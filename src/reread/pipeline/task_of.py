"""Targets → the task that they make."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from reread.data.soft_labels import Shares
from reread.errors import ConfigError
from reread.pipeline.plan import Plan, TargetPlan
from reread.tasks import Task, tasks


def build_task(plan: Plan, targets: Any) -> Task:
    """The task that the plan's targets make, fitted to their values.

    Raises:
        ConfigError: the recipe has an option that none of these tasks takes.
    """
    for option in plan.recipe.task:
        if not any(option in options_of(target.task) for target in plan.targets.values()):
            task_names = " and ".join(target.task for target in plan.targets.values())
            raise ConfigError(f"task.{option}: {task_names} has no such option; leave it out, or name another target")
    if len(plan.targets) == 1:
        (target,) = plan.targets.values()
        return fit_task(target, targets, plan.recipe.task)
    parts = {name: fit_task(target, targets[name], plan.recipe.task) for name, target in plan.targets.items()}
    return tasks.get("joint").from_config(
        {
            "parts": {name: part.to_config() for name, part in parts.items()},
            "weights": {name: target.weight for name, target in plan.targets.items()},
        }
    )


def fit_task(target: TargetPlan, values: Sequence[Any], options: Mapping[str, Any]) -> Task:
    """The task of one target, with the options of the recipe that it takes, overridden by its own."""
    taken = {name: value for name, value in options.items() if name in options_of(target.task)}
    return tasks.get(target.task).fit(values, **{**taken, **target.options})


def options_of(task: str) -> set[str]:
    """The options of a task."""
    return set(inspect.signature(tasks.get(task).fit).parameters) - {"targets"}


def with_all_classes(targets: Sequence[Any], shares: Sequence[Shares]) -> list[Any]:
    """The likeliest classes of the rows, and the others that are nowhere the likeliest, for a task to know."""
    several = any(isinstance(target, list) for target in targets)
    return [*targets, *([label] if several else label for label in shares[0])]
