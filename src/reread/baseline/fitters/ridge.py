"""Ridge regression."""

from __future__ import annotations

import numpy as np

from reread.baseline.fitters import fitters
from reread.baseline.fitters.base import NUMBERS, USUAL_FOR_NUMBERS, Floats, Problem, pairs
from reread.tasks import Task


@fitters.register("ridge")
def ridge(task: Task, targets: Floats, weights: Floats) -> list[Problem]:
    """The mean of the single target column, for every score of a quantile model: the baseline has no intervals."""
    numbers = targets[:, :1]
    mean = np.average(numbers[:, 0], weights=weights)
    problem = Problem(
        loss="squared",
        targets=numbers,
        start=np.full(1, mean, np.float32),
        strengths=NUMBERS,
        usual=USUAL_FOR_NUMBERS,
        members=pairs((numbers[:, 0] > mean).astype(np.int64)),
        sides=2,
        expand=lambda scores: np.repeat(scores, task.size, axis=-1),
    )
    return [problem]
