"""Answers beside the truth, in the form that the figures of each kind of answer need: one file a kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.insight.report.outcomes.base import Floats, Outcomes
from reread.registry import Registry
from reread.tasks import Task

outcomes: Registry[type[Outcomes]] = Registry("outcome", __name__)


def outcomes_of(task: Task, targets: Sequence[Any], scores: NDArray[Any], weights: NDArray[Any] | None) -> Outcomes:
    """Put the answers of raw scores (rows, scores) beside the truth.

    Raises:
        ConfigError: a task whose answers have no outcome, or one that the report does not know.
        DataError: a target that the task does not know.
    """
    if task.outcome is None:
        raise ConfigError(f"there is no report for {task.name} tasks; leave the report out")
    counts = np.ones(len(scores)) if weights is None else np.asarray(weights, dtype=np.float64)
    return outcomes.get(task.outcome).of(task, targets, scores, counts)


__all__ = ["Floats", "Outcomes", "outcomes", "outcomes_of"]
