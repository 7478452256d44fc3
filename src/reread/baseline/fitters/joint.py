"""The linear fit of a joint task: one for each part."""

from __future__ import annotations

from typing import Any

import numpy as np

from reread.baseline.fitters import Fit, Floats, fit_columns, fitters
from reread.tasks import Task


@fitters.register("joint")
def joint(task: Task, matrix: Any, targets: Floats, weights: Floats, deadline: float | None) -> Fit:
    """The fits of the parts, side by side."""
    columns = task.target_slices()
    fits = [
        fit_columns(part, matrix, targets[:, columns[name]], weights, deadline) for name, part in task.parts.items()
    ]
    return np.hstack([fit[0] for fit in fits]), np.concatenate([fit[1] for fit in fits]), all(fit[2] for fit in fits)
