"""What tasks with probabilities have in common: what calibrating them, and deciding by them, asks of a task."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.tasks.base import Floats, Targets, Task
from reread.tasks.labels import Label
from reread.typing import override


class ClassTask(Task):
    """Classes with probabilities. Each score speaks for an event: a class, a label, or "above this class".

    Attributes:
        classes: in the order of the probabilities.
    """

    classes: tuple[Label, ...]

    @override
    @abstractmethod
    def probabilities(self, scores: ArrayLike) -> Floats: ...

    @abstractmethod
    def likelihood(self, encoded: Targets, scores: ArrayLike) -> Floats:
        """The probability that the scores give to what is true: (rows, 1), or of labels each on its own (rows, labels)."""

    @abstractmethod
    def events(self, encoded: Targets) -> NDArray[np.bool_]:
        """Which events came true, (rows, size)."""

    def log_odds(self, scores: ArrayLike) -> Floats:
        """The log-odds that the scores give to their events, (rows, size)."""
        return self._check(scores)

    def from_log_odds(self, log_odds: Floats) -> Floats:
        """The scores whose events have these log-odds (rows, size); where they contradict each other, the nearest that do not."""
        return log_odds
