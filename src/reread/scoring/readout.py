"""Raw scores → answers: the one place where numbers become what a user reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import DataError
from reread.scoring.abstaining import doubts, withhold, withhold_columns
from reread.scoring.calibration import Calibration
from reread.scoring.calibration.none import Uncalibrated
from reread.scoring.intervals import conformal_intervals, conformal_sets
from reread.tasks import Task
from reread.tasks.joint import Joint
from reread.tasks.labels import Label
from reread.tasks.one_class import OneClassTask
from reread.tasks.regression import Regression

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked for beside the answers.

    Attributes:
        abstain_below: the probability below which an answer is left out.
        sets: the coverage of sets of classes.
        interval: the coverage of intervals around numbers.
    """

    abstain_below: float | None = None
    sets: float | None = None
    interval: float | None = None


class Readout:
    """What scores mean: they are calibrated, then the task reads them.

    Args:
        task: scores → answers, with the thresholds of its decisions.
        calibration: raw scores → scores whose probabilities hold; none: as they are.
        residuals: how far the answers of rows that were not trained on were off, sorted, (rows,), see `Task.residuals`; intervals and sets are
            made of them.
    """

    def __init__(self, task: Task, calibration: Calibration | None = None, residuals: ArrayLike = ()) -> None:
        self.task = task
        self.calibration = calibration or Uncalibrated()
        self.residuals = np.asarray(residuals, dtype=np.float64)

    def calibrated(self, scores: ArrayLike) -> NDArray[np.floating[Any]]:
        """The scores that the task reads, (rows, size)."""
        return self.calibration.apply(scores)

    def predict(self, scores: ArrayLike, abstain_below: float | None = None) -> list[Any]:
        """One answer per row, in the names and units of the training data; None where it is less probable than ``abstain_below``.

        Raises:
            ConfigError: ``abstain_below`` is no probability.
            DataError: it is given, and no answer is one class.
        """
        calibrated = self.calibrated(scores)
        answers = self.task.predict(calibrated)
        return answers if abstain_below is None else withhold(answers, doubts(self.task, calibrated, abstain_below))

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

    def columns(self, scores: ArrayLike, asked: Asked | None = None) -> dict[str, list[Any]]:
        """The output columns, ``prediction`` first; each has one value per row.

        Raises:
            ConfigError: what is asked for is no probability.
            DataError: the model cannot give it.
        """
        asked, calibrated = asked or Asked(), self.calibrated(scores)
        columns = self.task.columns(calibrated)
        if asked.abstain_below is not None:
            columns = withhold_columns(columns, doubts(self.task, calibrated, asked.abstain_below))
        if asked.sets is not None:
            columns["set"] = self.sets(scores, asked.sets)
        if asked.interval is not None:
            columns["lower"], columns["upper"] = self.intervals(scores, asked.interval).T.tolist()
        return columns

    def metrics(self, targets: Any, scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        """How good the answers are, the headline first; see `Task.metrics`."""
        return self.task.metrics(targets, self.calibrated(scores), weights)

    def intervals(self, scores: ArrayLike, coverage: float) -> Floats:
        """The lowest and the highest number to expect for each row, (rows, 2).

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: there are no residuals, or too few for this coverage.
        """
        if not (self.residuals.size and isinstance(self.task, Regression)):
            raise DataError(
                f"this {self.task.name} model has no residuals to make intervals of; train a regression model and hold rows out"
            )
        return conformal_intervals(self.predict(scores), self.residuals, coverage)

    def sets(self, scores: ArrayLike, coverage: float) -> list[list[Label]]:
        """The classes to expect for each row, in the order of the classes.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: there are no residuals, or too few for this coverage.
        """
        if not (self.residuals.size and isinstance(self.task, OneClassTask)):
            raise DataError(
                f"this {self.task.name} model has no residuals to make sets of classes of; train one of one class a text and hold rows out"
            )
        members = conformal_sets(self.task, self.calibrated(scores), self.residuals, coverage)
        return [[self.task.classes[index] for index in np.flatnonzero(row)] for row in members]


def joint_probabilities(task: Joint, scores: NDArray[np.floating[Any]]) -> dict[str, Floats]:
    """The probability of each class, (rows, classes), by the names of the targets that have classes."""
    each = {name: task.parts[name].probabilities(scores[:, own]) for name, own in task.slices().items()}
    return {name: probabilities for name, probabilities in each.items() if probabilities is not None}
