"""A task that decides by thresholds learned on rows held out, a joint one part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from reread.errors import ConfigError
from reread.recipes.fitting import Limit, fit_value
from reread.scoring.decisions import Rule, rules
from reread.scoring.decisions.base import NEVER, candidates
from reread.tasks import Task
from reread.tasks.class_task import ClassTask
from reread.tasks.joint import Joint
from reread.tasks.labels import quoted
from reread.tasks.metrics.rows import row_weights

HALF = 0.5
Thresholds: TypeAlias = Sequence[float] | Mapping[str, Sequence[float]]
"""One for each label, or one for the second of two classes; of a joint task by the names of its parts that decide."""


def parse_rule(text: str) -> Rule:
    """The rule that a text names, such as "f1", "precision=0.9" or "cost=10:1".

    Raises:
        ConfigError: there is no such rule, or its value is of another kind.
    """
    name, _, value = text.partition("=")
    return rules.get(name.strip()).from_value(value.strip())


def deciding_parts(task: Task) -> dict[str, ClassTask]:
    """The parts of a task that can decide by thresholds, by name; "" is the task itself."""
    parts = task.parts if isinstance(task, Joint) else {"": task}
    return {name: part for name, part in parts.items() if isinstance(part, ClassTask) and part.decided}


def check_decides(task: Task) -> None:
    """Refuse a task of which no part decides by thresholds.

    Raises:
        ConfigError: as said.
    """
    if not deciding_parts(task):
        raise ConfigError(
            f"this {task.name} decides by no thresholds; a rule of decision is for several labels a text, or for two classes"
        )


def learn_thresholds(
    task: Task, rule: Rule, scores: ArrayLike, targets: Any, weights: ArrayLike | None = None
) -> Thresholds:
    """Choose thresholds on rows that the model was not trained on.

    Args:
        task: what the scores mean.
        rule: how to choose.
        scores: calibrated scores, (rows, size).
        targets: of the rows, as ``task.encode`` takes them.
        weights: how much each row counts, (rows,).
    """
    encoded, checked = task.encode(targets), np.asarray(scores, dtype=np.float64)
    rows = row_weights(weights, len(encoded))
    if not isinstance(task, Joint):
        return _learn(task, rule, checked, encoded, rows)
    own, read = task.slices(), task.target_slices()
    return {
        name: _learn(part, rule, checked[:, own[name]], encoded[:, read[name]], rows)
        for name, part in deciding_parts(task).items()
    }


def _learn(task: Any, rule: Rule, scores: Any, encoded: Any, rows: Any) -> list[float]:
    chances, events = task.probabilities(scores), task.events(encoded)
    learned = []
    for k in task.decided:
        some = candidates(events[:, k], chances[:, k], rows)
        chosen = rule.choose(some)
        learned.append(HALF if chosen is None else float(some.thresholds[chosen]))
    return learned


def thresholds_of(task: Task) -> Thresholds:
    """The thresholds that a deciding task was given, as `with_thresholds` takes them."""
    each = {name: part.thresholds.tolist() for name, part in deciding_parts(task).items()}
    return each if isinstance(task, Joint) else each[""]


def describe_thresholds(task: Task, most: int = 8) -> str:
    """The thresholds that a task decides by, in words, those of the first labels."""
    words = []
    for name, part in deciding_parts(task).items():
        words += [
            f"{name + ': ' if name else ''}{quoted(part.classes[index])} "
            + (f"above {level:.3g}" if level < NEVER else "never")
            for index, level in zip(part.decided, part.thresholds.tolist(), strict=True)
        ]
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def with_thresholds(task: Task, thresholds: Any) -> Task:
    """The task deciding by these thresholds, as `learn_thresholds` or a model folder gives them.

    Raises:
        ConfigError: they are of another kind, or do not fit the task.
    """
    where = "config.json: decision: thresholds"
    if isinstance(task, Joint):
        each = fit_value(Mapping[str, Any], thresholds, where)
        unknown = [name for name in each if name not in deciding_parts(task)]
        if unknown:
            raise ConfigError(f'{where} of "{unknown[0]}", which decides by none')
        parts = {name: with_thresholds(part, each[name]) if name in each else part for name, part in task.parts.items()}
        return Joint(parts, task.weights)
    fitted = fit_value(tuple[Limit, ...], thresholds, where)
    if not isinstance(task, ClassTask):
        raise ConfigError(f"{where}: a {task.name} decides by none")
    return task.deciding(fitted)
