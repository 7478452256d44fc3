"""What tasks with probabilities have in common: what calibrating them, and deciding by them, asks of a task."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError
from reread.tasks.base import Floats, Targets, Task
from reread.tasks.labels import Label
from reread.typing import override


class ClassTask(Task):
    """Classes with probabilities. Each score speaks for an event: a class, a label, or "above this class".

    Attributes:
        classes: in the order of the probabilities.
        thresholds: above which probability each of the ``decided`` classes is given, (decided,); empty where none were chosen.
    """

    classes: tuple[Label, ...]
    thresholds: Floats = np.zeros(0)

    @property
    def decided(self) -> range:
        """Which classes are given by a threshold of their own; none where the class is chosen among several."""
        return range(0)

    def deciding(self, thresholds: Sequence[float]) -> Self:
        """The same task with other thresholds, one for each of the decided classes.

        Raises:
            ConfigError: they are not as many.
        """
        if len(thresholds) != len(self.decided):
            raise ConfigError(f"{len(thresholds)} thresholds for {len(self.decided)} classes that are given by one")
        return self.from_config({**self.settings(), "thresholds": list(thresholds)})

    @override
    def class_names(self) -> NDArray[Any]:
        return np.asarray(self.classes)

    @override
    @abstractmethod
    def probabilities(self, scores: ArrayLike) -> Floats: ...

    @abstractmethod
    def log_likelihood(self, encoded: Targets, scores: ArrayLike) -> Floats:
        """The log of the probability that the scores give to what is true: (rows, 1), or of labels each on its own (rows, labels).

        Exact where the probability itself would be rounded to 0, and always finite.
        """

    def likelihood(self, encoded: Targets, scores: ArrayLike) -> Floats:
        """The probability itself, (rows, 1) or (rows, labels)."""
        return np.exp(self.log_likelihood(encoded, scores))

    @abstractmethod
    def events(self, encoded: Targets) -> NDArray[np.bool_]:
        """Which events came true, (rows, size)."""

    def log_odds(self, scores: ArrayLike) -> Floats:
        """The log-odds that the scores give to their events, (rows, size)."""
        return self._check(scores)

    def from_log_odds(self, log_odds: Floats) -> Floats:
        """The scores whose events have these log-odds (rows, size); where they contradict each other, the nearest that do not."""
        return log_odds
