"""Targets and predictions → targets that are probably wrong: one file a kind of outcome."""

from __future__ import annotations

from reread.errors import ConfigError
from reread.insight.audit.judges.base import Floats, Judge, Wrong
from reread.registry import Registry
from reread.tasks import Task

judges: Registry[type[Judge]] = Registry("outcome", __name__)


def judge_of(task: Task) -> Judge:
    """What judges the targets of a task.

    Raises:
        ConfigError: its answers have no outcome, or one that nothing judges.
    """
    if task.outcome is None:
        raise ConfigError(f"targets of {task.name} tasks cannot be judged; judge one target at a time")
    return judges.get(task.outcome)()


__all__ = ["Floats", "Judge", "Wrong", "judge_of", "judges"]
