"""The linear problems of a joint task: those of its parts."""

from __future__ import annotations

from reread.baseline.fitters import Floats, Problem, fitters, problems_of
from reread.tasks import Task


@fitters.register("joint")
def joint(task: Task, targets: Floats, weights: Floats) -> list[Problem]:
    """The problems of the parts, one after another."""
    columns = task.target_slices()
    each = [problems_of(part, targets[:, columns[name]], weights) for name, part in task.parts.items()]
    return [problem for problems in each for problem in problems]
