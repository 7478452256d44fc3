"""Any number of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.export.encoding import Port
from reread.export.links import Link, links
from reread.export.links.base import PREDICTION, PROBABILITIES
from reread.nn.graph import Graph, Value
from reread.typing import override


@links.register("sigmoid")
class Sigmoid(Link):
    """A probability for each label; the prediction says which are above their thresholds."""

    @override
    def ports(self) -> tuple[Port, ...]:
        shape = "batch", len(self.task.classes)
        return Port(PROBABILITIES, "float32", shape), Port(PREDICTION, "bool", shape)

    @override
    def export(self, graph: Graph, scores: Value) -> tuple[Value, ...]:
        probabilities = graph.add("Sigmoid", scores)
        return probabilities, graph.add("Greater", probabilities, self.task.thresholds.astype(np.float32))

    @override
    def answers(self, scores: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        probabilities = self.task.probabilities(scores)
        return probabilities, probabilities > self.task.thresholds
