"""The monitored figures of answers: one file a kind of outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from reread.monitoring.histogram import Figure, Floats
from reread.registry import Registry
from reread.tasks import Task

Figures: TypeAlias = dict[str, Figure]
AnswerFigures: TypeAlias = Callable[[Any, Floats], Figures]
"""A task and calibrated scores (texts, scores) → the monitored figures of the answers."""

CONFIDENCE = "confidence"
DIGITS = 4  # of shares and probabilities: a difference by rounding changes no bin

answer_kinds: Registry[AnswerFigures] = Registry("outcome", __name__)


def task_figures(task: Task, scores: Floats) -> Figures:
    """The monitored figures of the answers of calibrated scores, (texts, scores); in a joint task, of each target.

    Raises:
        ConfigError: the task names an outcome that is not monitored.
    """
    if task.outcome is not None:
        return answer_kinds.get(task.outcome)(task, scores)
    parts = {name: task_figures(task.parts[name], scores[:, columns]) for name, columns in task.slices().items()}
    return {f"{name}.{what}": figure for name, figures in parts.items() for what, figure in figures.items()}


def share(values: Floats) -> Figure:
    """Shares or probabilities, (texts,), as a figure."""
    return Figure(np.round(values, DIGITS))


__all__ = ["CONFIDENCE", "AnswerFigures", "Figure", "Figures", "Floats", "answer_kinds", "share", "task_figures"]
