"""Linear member and network, mixed: their scores of the rows held out, read as well as these rows allow."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.model.stack import stacked
from reread.pipeline.prepared import Prepared
from reread.scoring.calibration.temperature import Temperature
from reread.statistics.paired import paired
from reread.tasks.class_task import has_classes


class Mixtures:
    """Mixtures of both members' raw scores, each by the network's share; its temperature and losses are remembered.

    Args:
        prepared: the rows held out, with their targets and weights.
        network: the network's raw scores of these rows, (rows, scores).
        linear: the linear member's.

    Attributes:
        task: what the scores mean.
        weights: how much each row counts, (rows,).
        rows: how many there are.
    """

    def __init__(self, prepared: Prepared, network: NDArray[Any], linear: NDArray[Any]) -> None:
        self.task, self.weights, self.rows = prepared.task, prepared.validation_weights, len(network)
        self._prepared, self._network, self._linear = prepared, network, linear
        self._texts = np.unique(prepared.keys[prepared.validation], return_inverse=True)[1]
        self._temperatures, self._losses = dict[float, float](), dict[float, NDArray[np.float64]]()

    def scores(self, share: float) -> NDArray[Any]:
        """The raw scores, (rows, scores)."""
        return stacked(self._linear, self._network, share)

    def metrics(self, share: float) -> dict[str, float]:
        """The figures of the answers."""
        return self.task.metrics(self._prepared.validation_targets, self.scores(share), self.weights)

    def temperature(self, share: float) -> float:
        """What scores are divided by to be as sure as they should be; 1 of numbers."""
        if not has_classes(self.task):
            return 1.0
        if share not in self._temperatures:
            weights = self.weights / self.weights.mean()
            self._temperatures[share] = Temperature.fit(
                self.task, self.scores(share), self._targets(), weights
            ).temperature
        return self._temperatures[share]

    def losses(self, share: float) -> NDArray[np.float64]:
        """The loss of each row at the scores' best temperature, (rows,)."""
        if share not in self._losses:
            scores = self.scores(share) / np.float32(self.temperature(share))
            self._losses[share] = self.task.losses(self._targets(), scores)
        return self._losses[share]

    def gain(self, before: float, share: float) -> tuple[float, float]:
        """By how much the loss of a share is below that of another before, and the standard error of that."""
        return paired(self.losses(before) - self.losses(share), self.weights, self._texts)

    def _targets(self) -> NDArray[np.float32]:
        return self._prepared.encoded_targets[self._prepared.validation]
