"""What every calibration promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.tasks import Task
from reread.tasks.class_task import ClassTask

Floats: TypeAlias = NDArray[np.float64]


class Calibration(ABC):
    """Maps a task's raw scores to raw scores of the same task, whose probabilities are right as often as they claim.

    Attributes:
        name: the registered name.
    """

    name: ClassVar[str]

    @classmethod
    @abstractmethod
    def fit(  # the last one is keyword-only
        cls, task: ClassTask, scores: Floats, encoded: NDArray[np.float32], weights: Floats, *, spread: float = 1.0
    ) -> Self:
        """Learn from rows that the model was not trained on.

        Args:
            task: what the scores mean.
            scores: raw scores, (rows, size).
            encoded: what ``task.encode`` made of the targets, (rows, width).
            weights: how much each row counts, above 0, with mean 1, (rows,).
            spread: about how far the scores are from calibrated, as the standard deviation of the logarithm of the
                factor they lack: what is known of them without these rows.
        """

    @abstractmethod
    def apply(self, scores: ArrayLike) -> NDArray[np.floating[Any]]:
        """Map raw scores (rows, size) to calibrated ones (rows, size), row by row."""

    @abstractmethod
    def describe(self) -> str:
        """What was learned, in a few words; empty if nothing."""

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """What was learned, as JSON can write it."""

    def to_config(self) -> dict[str, Any]:
        """The calibration as JSON can write it; `calibration_from_config` reads it."""
        return {"method": self.name, **self.settings()}

    @classmethod
    @abstractmethod
    def from_config(cls, settings: Mapping[str, Any], task: Task) -> Self:
        """The calibration of a task with these settings.

        Raises:
            ConfigError: the settings are invalid, or do not fit the task.
        """
