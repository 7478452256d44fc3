"""Classes in an order."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from reread.export.encoding import Port
from reread.export.links import Link, links
from reread.export.links.base import one_class_of
from reread.nn.graph import INT64, Graph, Value
from reread.typing import override


@links.register("cumulative")
class Cumulative(Link):
    """Each score is the logit of a higher class, in falling order; the prediction is the median class."""

    @override
    def ports(self) -> tuple[Port, ...]:
        return one_class_of(len(self.task.classes))

    @override
    def export(self, graph: Graph, scores: Value) -> tuple[Value, ...]:
        above = graph.add("Sigmoid", self.log_odds(graph, scores))
        at_least = graph.add("Pad", above, [0, 1, 0, 0], 1.0)
        higher = graph.add("Pad", above, [0, 0, 0, 1], 0.0)
        exceeded = graph.add("Cast", graph.add("Greater", graph.add("Sigmoid", scores), 0.5), to=INT64)
        return graph.add("Sub", at_least, higher), graph.add("ReduceSum", exceeded, [1], keepdims=0)

    @override
    def answers(self, scores: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        return self.task.probabilities(scores), self.task.choice(scores)

    @override
    def log_odds(self, graph: Graph, scores: Value) -> Value:
        return graph.add_several("TopK", 2, scores, [self.task.size], axis=1)[0]
