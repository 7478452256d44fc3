"""Which scores of a task mean the same as those of an earlier one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.tasks.base import Task


def known_scores(task: Task, earlier: Task) -> NDArray[np.int64]:
    """For each score of a task which of an earlier task's means the same, -1: none; (scores,).

    A score for each class, or each label, goes on by its name. Other scores do if the whole task is the same.
    """
    if task.name != earlier.name or not task.each_class_scores:
        same = _fixed(task) == _fixed(earlier)
        return np.arange(task.size) if same else np.full(task.size, -1)
    places = {label: place for place, label in enumerate(earlier.classes)}
    return np.array([places.get(label, -1) for label in task.classes])


def _fixed(task: Task) -> dict[str, Any]:
    return {name: value for name, value in task.to_config().items() if name != "thresholds"}
