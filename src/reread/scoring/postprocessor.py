"""Raw scores → answers: the only place where they become what a user reads. See also `JointPostprocessor`."""

from __future__ import annotations

from typing import Any, Self, TypeAlias, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError
from reread.scoring.abstaining import doubts, withhold
from reread.scoring.calibration import Calibration
from reread.scoring.calibration.learning import calibration_from_config
from reread.scoring.calibration.none import Uncalibrated
from reread.scoring.decisions.learning import with_thresholds
from reread.scoring.intervals import conformal_intervals, conformal_sets
from reread.scoring.predict_options import NOTHING, PredictOptions
from reread.tasks import Task
from reread.tasks.labels import Label
from reread.tasks.single_label import PROBABILITY, SingleLabelTask

Floats: TypeAlias = NDArray[np.float64]
Sets: TypeAlias = list[list[Label]]


class Postprocessor:
    """Turns scores of a task that is not joint into answers: calibrates them, then applies the task.

    Args:
        task: scores → answers, with the thresholds of its decisions.
        calibration: raw scores → calibrated scores; None: as they are.
        residuals: the sorted errors on rows that were not trained on, (rows,), see `Task.residuals`; intervals and
            sets are made of them.
    """

    def __init__(self, task: Task, calibration: Calibration | None = None, residuals: ArrayLike = ()) -> None:
        self.task = task
        self.calibration = calibration or Uncalibrated()
        self.residuals = np.asarray(residuals, dtype=np.float64)

    @classmethod
    def from_config(cls, task: Task, calibration: Any = None, thresholds: Any = None, residuals: Any = None) -> Self:
        """The postprocessor that `to_config` described; None for what older folders lack.

        Raises:
            ConfigError: what was learned is invalid, or does not fit the task.
        """
        numbers = [] if residuals is None else residuals
        if not (isinstance(numbers, list) and all(isinstance(each, float | int) for each in numbers)):
            raise ConfigError(f"metrics.json: residuals = {str(numbers)[:40]}: expected a list of numbers")
        deciding = task if thresholds is None else with_thresholds(task, thresholds)
        return cls(deciding, calibration_from_config(calibration, task), numbers)

    @property
    def can(self) -> set[str]:
        """What can be requested, by its name in `PredictOptions`."""
        given = {"abstain_below"} if self.task.can_abstain else set()
        if self.residuals.size and self.task.residual_kind is not None:
            given.add(self.task.residual_kind)
        return given

    def calibrated(self, scores: ArrayLike) -> NDArray[np.floating[Any]]:
        """The calibrated scores, (rows, size)."""
        return self.calibration.apply(scores)

    def predict(self, scores: ArrayLike, abstain_below: float | None = None) -> list[Any]:
        """One answer per row, in the names and units of the training data; None if below ``abstain_below``.

        Raises:
            ConfigError: ``abstain_below`` is no probability.
            DataError: it is given, and the answer is not one class.
        """
        calibrated = self.calibrated(scores)
        answers = self.task.predict(calibrated)
        return answers if abstain_below is None else withhold(answers, self._doubts(calibrated, abstain_below))

    def probabilities(self, scores: ArrayLike) -> Floats:
        """The probability of each class, (rows, classes).

        Raises:
            DataError: the task has no classes.
        """
        probabilities = self.task.probabilities(self.calibrated(scores))
        if probabilities is None:
            raise DataError(f"a {self.task.name} model has no probabilities; use predict")
        return probabilities

    def columns(self, scores: ArrayLike, asked: PredictOptions = NOTHING) -> dict[str, list[Any]]:
        """The output columns, ``prediction`` first; each has one value per row.

        Raises:
            ConfigError: a requested value is not a probability.
            DataError: the model cannot give what is requested.
        """
        calibrated = self.calibrated(scores)
        columns = self.task.columns(calibrated)
        if asked.abstain_below is not None:
            unsure = self._doubts(calibrated, asked.abstain_below)
            answers = withhold(columns.pop("prediction"), unsure)
            columns = {"prediction": answers, "abstained": unsure.tolist(), **columns}
        if asked.sets is not None:
            columns["set"] = self.sets(scores, asked.sets)
        if asked.interval is not None:
            columns["lower"], columns["upper"] = self.intervals(scores, asked.interval).T.tolist()
        return columns

    def answers(self, scores: ArrayLike, asked: PredictOptions = NOTHING) -> list[dict[str, Any]]:
        """One answer per row as JSON has it: ``prediction``, ``probabilities`` by class, and the other columns.

        Without classes ``probabilities`` is None.

        Raises:
            ConfigError: a requested value is not a probability.
            DataError: the model cannot give what is requested.
        """
        columns = self.columns(scores, asked)
        names = self.task.class_names()
        by_class: list[Any] = [None] * len(columns["prediction"])
        if names is not None:
            known = [str(name) for name in names]
            by_class = [dict(zip(known, row, strict=True)) for row in self.probabilities(scores).tolist()]
        others = {name: column for name, column in columns.items() if not name.startswith(PROBABILITY)}
        whole = {"prediction": others.pop("prediction"), "probabilities": by_class, **others}
        return [dict(zip(whole, row, strict=True)) for row in zip(*whole.values(), strict=True)]

    def _doubts(self, calibrated: NDArray[np.floating[Any]], below: float) -> NDArray[np.bool_]:
        PredictOptions(abstain_below=below).check(self.task, self.can)
        task = cast("SingleLabelTask", self.task)  # as is every task that can abstain
        return doubts(task, calibrated, below)

    def metrics(self, targets: Any, scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        """The metrics of the answers, the headline first; see `Task.metrics`."""
        return self.task.metrics(targets, self.calibrated(scores), weights)

    def intervals(self, scores: ArrayLike, coverage: float) -> Floats:
        """The lowest and the highest number to expect for each row, (rows, 2).

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: there are no residuals, or too few for this coverage.
        """
        PredictOptions(interval=coverage).check(self.task, self.can)
        return conformal_intervals(self.predict(scores), self.residuals, coverage)

    def sets(self, scores: ArrayLike, coverage: float) -> Sets:
        """The classes to expect for each row, in the order of the classes.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: there are no residuals, or too few for this coverage.
        """
        PredictOptions(sets=coverage).check(self.task, self.can)
        task = cast("SingleLabelTask", self.task)  # as is every task whose residuals make sets
        members = conformal_sets(task, self.calibrated(scores), self.residuals, coverage)
        return [[task.classes[index] for index in np.flatnonzero(row)] for row in members]

    def calibrated_by(self) -> str:
        """What the calibration learned, in a few words; empty if nothing."""
        return self.calibration.describe()

    def to_config(self) -> dict[str, Any]:
        """What was learned, as JSON can write it; `postprocessor_of` reads it."""
        return {
            "calibration": self.calibration.to_config(),
            "thresholds": self.task.thresholds.tolist(),
            "residuals": self.residuals.tolist(),
        }
