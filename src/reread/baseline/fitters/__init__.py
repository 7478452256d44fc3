"""The linear problems of the tasks, solved with scikit-learn: sparse features in, weights of each score out.

One file per fit. A task names the one for its scores.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.registry import Registry
from reread.tasks import Task

Floats: TypeAlias = NDArray[np.float32]
Fit: TypeAlias = tuple[Floats, Floats, bool]
"""Weights (features, scores), intercept (scores,), and whether the solver converged."""
Fitter: TypeAlias = Callable[[Task, Any, Floats, Floats, float | None], Fit]
"""Task, features (texts, features), targets (texts, width), weights of texts (texts,) and the deadline → the fit."""

fitters: Registry[Fitter] = Registry("linear fit", __name__)


def fit_columns(task: Task, matrix: Any, targets: Floats, weights: Floats, deadline: float | None) -> Fit:
    """Fit the linear model whose scores ``task`` can read like the network's.

    Args:
        task: names the fit, and defines the columns of the targets.
        matrix: sparse features, (texts, features).
        targets: what ``task.encode`` made of the targets, (texts, width).
        weights: how much each text counts, (texts,).
        deadline: `time.monotonic` at which to stop improving.

    Raises:
        ConfigError: the task names an unknown fit.
    """
    return fitters.get(task.linear_fit)(task, matrix, targets, weights, deadline)


__all__ = ["Fit", "Fitter", "Floats", "fit_columns", "fitters"]
