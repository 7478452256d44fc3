"""The linear problems of the tasks: what a linear model must learn so that the task can read its scores.

One file per fit. A task names the one for its scores.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from reread.baseline.fitters.base import Floats, Problem
from reread.registry import Registry
from reread.tasks import Task

Fitter: TypeAlias = Callable[[Task, Floats, Floats], list[Problem]]
"""Task, targets (texts, width) and weights of texts (texts,) → problems, whose scores side by side are the task's."""

fitters: Registry[Fitter] = Registry("linear fit", __name__)


def problems_of(task: Task, targets: Floats, weights: Floats) -> list[Problem]:
    """What a linear model of these texts must learn.

    Args:
        task: names the fit, and defines the columns of the targets.
        targets: what ``task.encode`` made of the targets, (texts, width).
        weights: how much each text counts, (texts,), not all 0.

    Raises:
        ConfigError: the task names an unknown fit.
    """
    return fitters.get(task.linear_fit)(task, targets, weights)


__all__ = ["Fitter", "Floats", "Problem", "fitters", "problems_of"]
