"""One of several classes."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from reread.export.encoding import Port
from reread.export.links import Link, links
from reread.export.links.base import PREDICTION, PROBABILITIES
from reread.nn.graph import INT64, Graph, Value
from reread.typing import override


@links.register("softmax")
class Softmax(Link):
    """Probabilities by softmax; the prediction is the most probable class, or by a threshold the second of two."""

    @override
    def ports(self) -> tuple[Port, ...]:
        classes = len(self.task.classes)
        return Port(PROBABILITIES, "float32", ("batch", classes)), Port(PREDICTION, "int64", ("batch",))

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
