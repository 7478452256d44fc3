"""Ridge regression."""

from __future__ import annotations

from typing import Any

import numpy as np

from reread.baseline.fitters import Fit, Floats, fitters
from reread.tasks import Task

ALPHA = 1.0  # regularisation


@fitters.register("ridge")
def ridge(task: Task, matrix: Any, targets: Floats, weights: Floats, _: float | None) -> Fit:
    """The mean of the single target column, for every score of a quantile model: the baseline has no intervals."""
    from sklearn.linear_model import Ridge  # noqa: PLC0415

    model = Ridge(alpha=ALPHA, solver="sparse_cg").fit(matrix, targets[:, 0], sample_weight=weights)
    weight_column = np.asarray(model.coef_, dtype=np.float32).reshape(-1, 1)
    return np.repeat(weight_column, task.size, axis=1), np.full(task.size, model.intercept_, dtype=np.float32), True
