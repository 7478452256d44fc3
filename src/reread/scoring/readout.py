"""Raw scores → answers: the one place where numbers become what a user reads."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import DataError
from reread.scoring.calibration import Calibration
from reread.scoring.calibration.none import Uncalibrated
from reread.scoring.intervals import conformal_intervals
from reread.tasks import Task
from reread.tasks.joint import Joint

Floats: TypeAlias = NDArray[np.float64]


class Readout:
    """What scores mean: they are calibrated, then the task reads them.

    Args:
        task: scores → answers, with the thresholds of its decisions.
        calibration: raw scores → scores whose probabilities hold; none: as they are.
        residuals: of rows that were not trained on, sorted, (rows,): how far numbers were off. Intervals are made of them.
    """

    def __init__(self, task: Task, calibration: Calibration | None = None, residuals: ArrayLike = ()) -> None:
        self.task = task
        self.calibration = calibration or Uncalibrated()
        self.residuals = np.asarray(residuals, dtype=np.float64)

    def calibrated(self, scores: ArrayLike) -> NDArray[np.floating[Any]]:
        """The scores that the task reads, (rows, size)."""
        return self.calibration.apply(scores)

    def predict(self, scores: ArrayLike) -> list[Any]:
        """One answer per row, in the names and units of the training data."""
        return self.task.predict(self.calibrated(scores))

    def probabilities(self, scores: ArrayLike) -> Floats | dict[str, Floats]:
        """The probability of each class, (rows, classes); of a joint model by the names of the targets that have classes.

        Raises:
            DataError: the task has no classes.
        """
        calibrated = self.calibrated(scores)
        if isinstance(self.task, Joint):
            return joint_probabilities(self.task, calibrated)
        probabilities = self.task.probabilities(calibrated)
        if probabilities is None:
            raise DataError(f"a {self.task.name} model has no probabilities; use predict")
        return probabilities

    def columns(self, scores: ArrayLike) -> dict[str, list[Any]]:
        """The output columns, ``prediction`` first; each has one value per row."""
        return self.task.columns(self.calibrated(scores))

    def metrics(self, targets: Any, scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        """How good the answers are, the headline first; see `Task.metrics`."""
        return self.task.metrics(targets, self.calibrated(scores), weights)

    def intervals(self, scores: ArrayLike, coverage: float) -> Floats:
        """The lowest and the highest number to expect for each row, (rows, 2).

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: there are no residuals, or too few for this coverage.
        """
        if not self.residuals.size:
            raise DataError(
                f"this {self.task.name} model has no residuals to make intervals of; train a regression model and hold rows out"
            )
        return conformal_intervals(self.predict(scores), self.residuals, coverage)


def joint_probabilities(task: Joint, scores: NDArray[np.floating[Any]]) -> dict[str, Floats]:
    """The probability of each class, (rows, classes), by the names of the targets that have classes."""
    each = {name: task.parts[name].probabilities(scores[:, own]) for name, own in task.slices().items()}
    return {name: probabilities for name, probabilities in each.items() if probabilities is not None}
