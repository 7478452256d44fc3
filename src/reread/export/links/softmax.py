"""One of several classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.export.encoding import Port
from reread.export.links import Link, links
from reread.export.links.base import one_class_of
from reread.nn.graph import INT64, Graph, Value
from reread.typing import override


@links.register("softmax")
class Softmax(Link):
    """Probabilities by softmax; the prediction is the most probable class, or by a threshold the second of two."""

    @override
    def ports(self) -> tuple[Port, ...]:
        return one_class_of(len(self.task.classes))

    @override
    def export(self, graph: Graph, scores: Value) -> tuple[Value, ...]:
        probabilities = graph.add("Softmax", scores, axis=1)
        if not self.task.thresholds.size:
            return probabilities, graph.add("ArgMax", scores, axis=1, keepdims=0)
        above = graph.add("Greater", graph.take(probabilities, 1, axis=1), float(self.task.thresholds[0]))
        return probabilities, graph.add("Cast", above, to=INT64)

    @override
    def answers(self, scores: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        return self.task.probabilities(scores), self.task.choice(scores)

    @override
    def log_odds(self, graph: Graph, scores: Value) -> Value:
        others = np.where(np.eye(self.task.size), -np.inf, 0.0)  # of each class all scores but its own
        beside = graph.add("Add", graph.add("Unsqueeze", scores, [1]), others)
        return graph.add("Sub", scores, graph.add("ReduceLogSumExp", beside, [2], keepdims=0))

    @override
    def from_log_odds(self, graph: Graph, log_odds: Value) -> Value:
        zero = np.array(0.0)
        rest = graph.add("Sub", zero, log_odds)
        largest = graph.add("Max", rest, zero)
        sums = [graph.add("Exp", graph.add("Sub", each, largest)) for each in (rest, zero)]
        return graph.add("Sub", zero, graph.add("Add", largest, graph.add("Log", graph.add("Add", *sums))))
