"""What tasks with probabilities have in common: what calibration and thresholds need of a task."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Self, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError
from reread.tasks.base import Floats, Targets, Task
from reread.typing import override

LEAST_PART = 0.02  # of a text's weight that is worth reading it for


class ClassTask(Task):
    """Classes with probabilities. Each score speaks for an event: a class, a label, or "above this class"."""

    blend_criterion = "log_loss"

    def deciding(self, thresholds: Sequence[float]) -> Self:
        """The same task with other thresholds, one for each of the decided classes.

        Raises:
            ConfigError: there is not one for each of the decided classes.
        """
        if len(thresholds) != len(self.decided):
            raise ConfigError(f"{len(thresholds)} thresholds for {len(self.decided)} classes that have one")
        return self.from_config({**self.settings(), "thresholds": list(thresholds)})

    @override
    def class_names(self) -> NDArray[Any]:
        return np.asarray(self.classes)

    @override
    @abstractmethod
    def probabilities(self, scores: ArrayLike) -> Floats: ...

    @abstractmethod
    def log_likelihood(self, encoded: Targets, scores: ArrayLike) -> Floats:
        """The log probability of the truth under the scores: (rows, 1), or of each label separately (rows, labels).

        Exact even if the probability itself would round to 0, and always finite.
        """

    def likelihood(self, encoded: Targets, scores: ArrayLike) -> Floats:
        """The probability itself, (rows, 1) or (rows, labels)."""
        return np.exp(self.log_likelihood(encoded, scores))

    @override
    def losses(self, encoded: Targets, scores: ArrayLike) -> Floats:
        """Log loss, for several labels the mean of theirs."""
        return np.asarray(-self.log_likelihood(encoded, scores).mean(axis=1), dtype=np.float64)

    @abstractmethod
    def balanced_weights(self, encoded: Targets) -> Targets:
        """The weight of each class in the loss, (classes,), that makes rare and frequent classes count the same."""

    @abstractmethod
    def events(self, encoded: Targets) -> NDArray[np.bool_]:
        """Which events came true, (rows, size)."""

    @abstractmethod
    def certain(self, shares: Targets) -> tuple[NDArray[np.int64], Targets, Targets]:
        """Certain targets that on average are the probabilities of soft ones, and have the same loss.

        A text with probabilities counts as several, each with a certain target and a part of its weight. Parts below
        `LEAST_PART` are left out.

        Args:
            shares: of the classes, (rows, classes).

        Returns:
            The row of each, (parts,), its encoded target, (parts, target_width), and its part of the row, (parts,).
        """

    def log_odds(self, scores: ArrayLike) -> Floats:
        """The log-odds that the scores give to their events, (rows, size)."""
        return self._check(scores)

    def from_log_odds(self, log_odds: Floats) -> Floats:
        """The scores whose events have these log-odds (rows, size); contradictory ones give the nearest scores."""
        return log_odds


def has_classes(task: Task) -> TypeGuard[ClassTask]:
    """Whether the answers of a task are classes."""
    return len(task.classes) > 0


def parts_of(weights: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64], Targets]:
    """The places of weights (rows, choices) that are large enough to count, row by row, and these, in sum 1 a row."""
    counted = np.where(weights >= LEAST_PART, weights, 0)
    rows, choices = np.nonzero(counted)
    return rows, choices, (counted / counted.sum(axis=1, keepdims=True))[rows, choices].astype(np.float32)


def balanced(above: Floats, counts: Floats) -> Targets:
    """Above / counts, each (classes,); 1 for a class without rows, which is never used."""
    return np.divide(above, counts, out=np.ones_like(above), where=counts > 0).astype(np.float32)
