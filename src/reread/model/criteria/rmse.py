"""The root of the mean squared error, of answers that are numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from reread.model.criteria import Encoded, Floats, Gradient, criteria
from reread.tasks.metrics.ranking import EPSILON


class Standardised(Protocol):
    """A task whose targets are encoded as (target − mean) / scale."""

    @property
    def mean(self) -> float:
        """What is taken off."""

    @property
    def scale(self) -> float:
        """What the rest is divided by."""

    def predict(self, scores: ArrayLike) -> list[Any]:
        """One number per row, in the user's units."""


@criteria.register("rmse")
def rmse(task: Standardised, scores: Sequence[Floats], encoded: Encoded, weights: Floats) -> Gradient:
    """The gradient of the blend's root mean squared error, in standard deviations of the targets."""
    answers = np.stack([task.predict(each) for each in scores], axis=1)
    errors = (answers - task.mean) / task.scale - encoded

    def gradient(blend: Floats) -> Floats:
        blended = errors @ blend
        root = max(float(np.sqrt(weights @ blended**2)), EPSILON)
        return np.asarray((weights * blended) @ errors / root, dtype=np.float64)

    return gradient
