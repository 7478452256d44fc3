"""Temperature scaling: one number that every score is divided by."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.recipes.fitting import Positive, fit_table
from reread.scoring.calibration import Calibration, calibrations
from reread.scoring.calibration.base import Floats
from reread.tasks import Task
from reread.tasks.class_task import ClassTask
from reread.typing import override

LARGEST = math.log(100)  # of the temperature, and of its inverse
PRECISION = 1e-7
GOLDEN = (math.sqrt(5) - 1) / 2


@calibrations.register("temperature")
class Temperature(Calibration):
    """Scores divided by the temperature of the lowest log loss (Guo et al. 2017, section 4.2), one for all labels.

    It makes all answers more confident (below 1) or less (above 1) and changes none: the largest score, and the sign of
    each logit, stay. Half the square of its logarithm, in units of the ``spread``, is added to the total loss of the
    rows (a normal prior): that is negligible beside many rows, and few of them, all answered correctly, say little.
    """

    name = "temperature"

    def __init__(self, temperature: float) -> None:
        self.temperature = temperature

    @classmethod
    @override
    def fit(
        cls, task: ClassTask, scores: Floats, encoded: NDArray[np.float32], weights: Floats, *, spread: float = 1.0
    ) -> Self:
        def loss(logarithm: float) -> float:
            logs = task.log_likelihood(encoded, scores / math.exp(logarithm))
            return float((logarithm / spread) ** 2 / 2 - weights @ logs.mean(axis=1))

        return cls(math.exp(_lowest(loss, -LARGEST, LARGEST)))

    @override
    def apply(self, scores: ArrayLike) -> Floats:
        return np.asarray(scores, dtype=np.float64) / self.temperature

    @override
    def settings(self) -> dict[str, Any]:
        return {"temperature": self.temperature}

    @override
    def describe(self) -> str:
        return f"temperature {self.temperature:.3g}"

    @classmethod
    @override
    def from_config(cls, settings: Mapping[str, Any], task: Task) -> Self:
        return cls(fit_table(settings, {"temperature": Positive}, "config.json: calibration")["temperature"])


def _lowest(function: Callable[[float], float], low: float, high: float) -> float:
    """The minimum of a function that first falls and then rises, by golden-section search (Kiefer 1953).

    The log loss is one: it is convex in the inverse temperature if its probabilities are not clipped. Written here
    because answering and blending must not need SciPy.
    """
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > PRECISION:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = function(right)
    return (low + high) / 2
