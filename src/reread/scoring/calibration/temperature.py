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
    """Scores divided by the temperature of the lowest log loss (Guo et al. 2017, section 4.2), of labels one for all.

    It makes all answers bolder (below 1) or more careful (above 1) and changes none: which class has the largest score, and which logit is
    above 0, stays. Half the square of its logarithm is added to the loss of all rows together (a normal prior): hardly
    anything beside hundreds of rows, but rows that are all answered rightly ask for a temperature of 0, and get one that leaves some doubt.
    """

    name = "temperature"

    def __init__(self, temperature: float) -> None:
        self.temperature = temperature

    @classmethod
    @override
    def fit(cls, task: ClassTask, scores: Floats, encoded: NDArray[np.float32], rows: Floats) -> Self:
        def loss(logarithm: float) -> float:
            logs = task.log_likelihood(encoded, scores / math.exp(logarithm))
            return float(logarithm**2 / 2 - rows @ logs.mean(axis=1))

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
    """Where a function that first falls and then rises is lowest, by golden sections (Kiefer 1953).

    The log loss does: it is convex in the inverse of the temperature, if its chances are not kept off 0. Its own few lines, for SciPy is no part
    of what answers and blends.
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
