"""No calibration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.scoring.calibration import NONE, Calibration, calibrations
from reread.scoring.calibration.base import Floats
from reread.tasks import Task
from reread.tasks.class_task import ClassTask
from reread.typing import override


@calibrations.register(NONE)
class Uncalibrated(Calibration):
    """Leaves scores as they are, if requested or if the answer is a number."""

    name = NONE

    @classmethod
    @override
    def fit(
        cls, task: ClassTask, scores: Floats, encoded: NDArray[np.float32], weights: Floats, *, spread: float = 1.0
    ) -> Self:
        return cls()

    @override
    def apply(self, scores: ArrayLike) -> NDArray[np.floating[Any]]:
        return np.asarray(scores)

    @override
    def settings(self) -> dict[str, Any]:
        return {}

    @override
    def describe(self) -> str:
        return ""

    @classmethod
    @override
    def from_config(cls, settings: Mapping[str, Any], task: Task) -> Self:
        return cls()
