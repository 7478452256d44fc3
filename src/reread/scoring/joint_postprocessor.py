"""The scores of a joint model → answers, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError
from reread.recipes.fitting import fit_table, fit_value
from reread.scoring.decisions.learning import deciding_parts
from reread.scoring.postprocessor import Floats, Postprocessor, Sets
from reread.scoring.predict_options import NOTHING, PredictOptions
from reread.tasks import Task


class JointPostprocessor:
    """The postprocessors of a joint task's parts, with the methods of `Postprocessor`; each part gives what it can.

    Sets and intervals have the stated coverage for each part, and less for all parts at once.

    Args:
        task: the joint task.
        parts: the postprocessors of its parts by name.
    """

    def __init__(self, task: Task, parts: Mapping[str, Postprocessor]) -> None:
        self.parts = dict(parts)
        self.task = task.with_parts({name: part.task for name, part in self.parts.items()})

    @property
    def can(self) -> set[str]:
        """What at least one part can give, by its name in `PredictOptions`."""
        return {name for part in self.parts.values() for name in part.can}

    def calibrated(self, scores: ArrayLike) -> NDArray[np.floating[Any]]:
        """The scores that the parts read, (rows, size)."""
        return np.concatenate([part.calibrated(part_scores) for _, part, part_scores in self._each(scores)], axis=1)

    def predict(self, scores: ArrayLike, abstain_below: float | None = None) -> list[Any]:
        """One answer per row by the parts' names, None for a class that is less probable than ``abstain_below``.

        Raises:
            ConfigError: ``abstain_below`` is no probability.
            DataError: it is given, and no part chooses one class.
        """
        asked = PredictOptions(abstain_below=abstain_below)
        each = [
            part.predict(part_scores, asked.among(part.can).abstain_below)
            for _, part, part_scores in self._each(scores, asked)
        ]
        return [dict(zip(self.parts, row, strict=True)) for row in zip(*each, strict=True)]

    def probabilities(self, scores: ArrayLike) -> dict[str, Floats]:
        """The probability of each class, (rows, classes), by the names of the parts that have classes.

        Raises:
            DataError: no part has classes.
        """
        if not any(part.task.classes for part in self.parts.values()):
            raise DataError("a joint model of numbers only has no probabilities; use predict")
        each = self._each(scores)
        return {name: part.probabilities(part_scores) for name, part, part_scores in each if part.task.classes}

    def columns(self, scores: ArrayLike, asked: PredictOptions = NOTHING) -> dict[str, list[Any]]:
        """The output columns of every part, named ``<part>.<column>``.

        Raises:
            ConfigError: a requested value is not a probability.
            DataError: no part can give what is requested.
        """
        return {
            f"{name}.{column}": values
            for name, part, part_scores in self._each(scores, asked)
            for column, values in part.columns(part_scores, asked.among(part.can)).items()
        }

    def answers(self, scores: ArrayLike, asked: PredictOptions = NOTHING) -> list[dict[str, Any]]:
        """One answer per row as JSON has it: what `Postprocessor.answers` gives, each by the names of the parts.

        Raises:
            ConfigError: a requested value is not a probability.
            DataError: no part can give what is requested.
        """
        each = {
            name: part.answers(part_scores, asked.among(part.can))
            for name, part, part_scores in self._each(scores, asked)
        }
        return [_inside_out(dict(zip(each, row, strict=True))) for row in zip(*each.values(), strict=True)]

    def metrics(self, targets: Any, scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        """The metrics of the answers, the headline first; see `Task.metrics`."""
        return self.task.metrics(targets, self.calibrated(scores), weights)

    def intervals(self, scores: ArrayLike, coverage: float) -> dict[str, Floats]:
        """The lowest and the highest number to expect for each row, (rows, 2), by the names of the parts with numbers.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: no part has residuals of numbers, or there are too few for this coverage.
        """
        each = self._each(scores, PredictOptions(interval=coverage))
        return {
            name: part.intervals(part_scores, coverage) for name, part, part_scores in each if "interval" in part.can
        }

    def sets(self, scores: ArrayLike, coverage: float) -> dict[str, Sets]:
        """The classes to expect for each row, by the names of the parts that choose one class.

        Raises:
            ConfigError: a coverage that is not between 0 and 1.
            DataError: no part has residuals of classes, or there are too few for this coverage.
        """
        each = self._each(scores, PredictOptions(sets=coverage))
        return {name: part.sets(part_scores, coverage) for name, part, part_scores in each if "sets" in part.can}

    def calibrated_by(self) -> str:
        """What the parts' calibrations learned, in a few words; empty if nothing."""
        each = {name: part.calibrated_by() for name, part in self.parts.items()}
        return ", ".join(f"{name}: {words}" for name, words in each.items() if words)

    def to_config(self) -> dict[str, Any]:
        """What was learned, by part, as JSON can write it; `postprocessor_of` reads it."""
        each = {name: part.to_config() for name, part in self.parts.items()}
        return {
            "calibration": {"parts": {name: learned["calibration"] for name, learned in each.items()}},
            "thresholds": {name: each[name]["thresholds"] for name in deciding_parts(self.task)},
            "residuals": {name: learned["residuals"] for name, learned in each.items()},
        }

    def _each(self, scores: ArrayLike, asked: PredictOptions = NOTHING) -> Iterator[tuple[str, Postprocessor, Floats]]:
        """Each part with its scores; refuses options that no part can give."""
        asked.check(self.task, self.can)
        for name, part_scores in self.task.split_scores(scores).items():
            yield name, self.parts[name], part_scores


def _inside_out(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The answers of the parts to one row, turned inside out."""
    names = dict.fromkeys(name for answer in answers.values() for name in answer)
    row: dict[str, Any] = {
        name: {part: answer[name] for part, answer in answers.items() if name in answer} for name in names
    }
    row["probabilities"] = {part: given for part, given in row["probabilities"].items() if given is not None} or None
    return row


AnyPostprocessor: TypeAlias = Postprocessor | JointPostprocessor


def postprocessor_of(
    task: Task, calibration: Any = None, thresholds: Any = None, residuals: Any = None
) -> AnyPostprocessor:
    """The postprocessor of a task, with what was learned in the form of ``to_config``; None: nothing was learned.

    Raises:
        ConfigError: what was learned is invalid, or does not fit the task.
    """
    if not task.parts:
        return Postprocessor.from_config(task, calibration, thresholds, residuals)
    where = "config.json: calibration"
    if calibration is not None:
        calibration = fit_table(calibration, {"parts": Any}, where)["parts"]
    if residuals == []:  # older folders have none for parts
        residuals = None
    each = (
        _by_part(calibration, task.parts, where),
        _by_part(thresholds, deciding_parts(task), "config.json: decision: thresholds"),
        _by_part(residuals, task.parts, "metrics.json: residuals"),
    )
    parts = task.parts.items()
    return JointPostprocessor(
        task, {name: Postprocessor.from_config(part, *(learned.get(name) for learned in each)) for name, part in parts}
    )


def _by_part(learned: Any, names: Iterable[str], where: str) -> Mapping[str, Any]:
    """What was learned of the parts with these names; empty if nothing was."""
    if learned is None:
        return {}
    each: Mapping[str, Any] = fit_value(Mapping[str, Any], learned, where)
    if set(each) != set(names):
        raise ConfigError(f"{where} of {', '.join(each) or 'none'}; expected one for each of {', '.join(names)}")
    return each
