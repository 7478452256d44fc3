"""Thresholds learned on validation rows."""

from __future__ import annotations

from typing import Any, TypeGuard

from numpy.typing import ArrayLike

from reread.errors import ConfigError
from reread.recipes.fitting import Limit, fit_value
from reread.scoring.decisions import Rule, rules
from reread.scoring.decisions.base import NEVER, candidates
from reread.tasks import Task
from reread.tasks.class_task import ClassTask, has_classes
from reread.tasks.labels import quoted
from reread.tasks.metrics.rows import row_weights


def parse_rule(text: str) -> Rule:
    """The rule that a text names, such as "f1", "precision=0.9" or "cost=10:1".

    Raises:
        ConfigError: there is no such rule, or its value is invalid.
    """
    name, _, value = text.partition("=")
    return rules.get(name.strip()).from_value(value.strip())


def decides(task: Task) -> TypeGuard[ClassTask]:
    """Whether a task can give some class by a threshold."""
    return len(task.decided) > 0


def deciding_parts(task: Task) -> dict[str, ClassTask]:
    """The parts of a task that can decide by thresholds, by name; "" is the task itself."""
    return {name: part for name, part in (task.parts or {"": task}).items() if decides(part)}


def check_decides(task: Task) -> None:
    """Refuse a task without thresholds.

    Raises:
        ConfigError: no part of the task decides by thresholds.
    """
    if not deciding_parts(task):
        raise ConfigError(
            f"this {task.name} uses no thresholds; a decision rule needs several labels per text, or two classes"
        )


def learn_thresholds(
    task: ClassTask, rule: Rule, scores: ArrayLike, targets: Any, weights: ArrayLike | None = None
) -> list[float]:
    """Choose the threshold of each class that has one, on rows that the model was not trained on.

    Args:
        task: what the scores mean.
        rule: how to choose.
        scores: calibrated scores, (rows, size).
        targets: of the rows, as ``task.encode`` takes them.
        weights: how much each row counts, (rows,).
    """
    encoded = task.encode(targets)
    probabilities, events, checked_weights = (
        task.probabilities(scores),
        task.events(encoded),
        row_weights(weights, len(encoded)),
    )
    return [rule.choose(candidates(events[:, k], probabilities[:, k], checked_weights)) for k in task.decided]


def describe_thresholds(task: Task, most: int = 8) -> str:
    """A task's thresholds in words: those of the first labels, and how many labels are never given."""
    words, never = [], 0
    for name, part in deciding_parts(task).items():
        words += [
            f"{name + ': ' if name else ''}{quoted(part.classes[index])} "
            + (f"above {level:.3g}" if level < NEVER else "never")
            for index, level in zip(part.decided, part.thresholds.tolist(), strict=True)
        ]
        never += int((part.thresholds >= NEVER).sum())
    more = f" and {len(words) - most} more" if len(words) > most else ""
    if more and never:
        more += f"; {never} of {len(words)} labels are never given"
    return ", ".join(words[:most]) + more


def with_thresholds(task: Task, thresholds: Any) -> Task:
    """The task with these thresholds, from `learn_thresholds` or a model folder.

    Raises:
        ConfigError: the thresholds are invalid, or do not fit the task.
    """
    where = "config.json: decision: thresholds"
    fitted = fit_value(tuple[Limit, ...], thresholds, where)
    if not has_classes(task):
        raise ConfigError(f"{where}: a {task.name} uses none")
    return task.deciding(fitted)
