"""Leaving out answers that are not sure enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.tasks import Task
from reread.tasks.joint import Joint

Doubts = Mapping[str, NDArray[np.bool_]]
"""Which rows are too unsure (rows,), by the names of a joint task's parts; "" is the task itself."""


def doubts(task: Task, scores: NDArray[np.floating[Any]], below: float) -> Doubts:
    """Which answers have a smaller probability than ``below``.

    Args:
        task: what the scores mean.
        scores: calibrated scores, (rows, size).
        below: a probability.

    Raises:
        ConfigError: it is none.
        DataError: no answer of the task is one class with a probability.
    """
    if not 0 < below <= 1:
        raise ConfigError(f"abstain_below = {below}: expected a probability above 0 and up to 1, such as 0.8")
    parts: dict[str, tuple[Task, NDArray[np.floating[Any]]]] = {"": (task, scores)}
    if isinstance(task, Joint):
        parts = {name: (task.parts[name], scores[:, own]) for name, own in task.slices().items()}
    confidences = {name: part.confidence(own) for name, (part, own) in parts.items()}
    found = {name: confidence < below for name, confidence in confidences.items() if confidence is not None}
    if not found:
        raise DataError(f"a {task.name} model answers no one class that it could be unsure of; leave abstain_below out")
    return found


def withhold(answers: Sequence[Any], unsure: Doubts) -> list[Any]:
    """The answers, None instead of those that are not sure enough."""
    if "" in unsure:
        return [None if doubt else answer for answer, doubt in zip(answers, unsure[""], strict=True)]
    return [
        {name: None if name in unsure and unsure[name][row] else value for name, value in answer.items()}
        for row, answer in enumerate(answers)
    ]


def withhold_columns(columns: Mapping[str, list[Any]], unsure: Doubts) -> dict[str, list[Any]]:
    """The output columns, empty where an answer is not sure enough, and ``abstained`` beside each that may be."""
    shown: dict[str, list[Any]] = {}
    for name, values in columns.items():
        target, _, kind = name.rpartition(".")
        shown[name] = values
        if kind == "prediction" and target in unsure:
            shown[name] = [None if doubt else value for value, doubt in zip(values, unsure[target], strict=True)]
            shown[f"{target}.abstained" if target else "abstained"] = unsure[target].tolist()
    return shown
