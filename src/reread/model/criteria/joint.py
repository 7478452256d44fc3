"""The criteria of the parts of a joint task, added up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reread.model.criteria import Encoded, Floats, Gradient, criteria, gradient_of
from reread.tasks import Task


@criteria.register("joint")
def joint(task: Task, scores: Sequence[Floats], encoded: Encoded, weights: Floats) -> Gradient:
    """The sum of the parts' criteria, each with the weight of its loss."""
    columns, total = task.target_slices(), sum(task.weights.values())
    parts = []
    for name, place in task.slices().items():
        of_part = [each[:, place] for each in scores]
        gradient = gradient_of(task.parts[name], of_part, encoded[:, columns[name]], weights)
        parts.append((task.weights[name] / total, gradient))
    return lambda blend: np.asarray(sum(weight * gradient(blend) for weight, gradient in parts), dtype=np.float64)
