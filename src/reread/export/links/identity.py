"""Numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.export.encoding import Port
from reread.export.links import Link, links
from reread.export.links.base import PREDICTION
from reread.nn.graph import DOUBLE, Graph, Value
from reread.typing import override


@links.register("identity")
class Identity(Link):
    """Scores in the units of the targets, in double precision; with quantiles, all of them and the median."""

    @override
    def ports(self) -> tuple[Port, ...]:
        prediction, quantiles = Port(PREDICTION, "float64", ("batch",)), len(self.task.quantiles)
        return (prediction, Port("quantiles", "float64", ("batch", quantiles))) if quantiles else (prediction,)

    @override
    def export(self, graph: Graph, scores: Value) -> tuple[Value, ...]:
        rising = graph.add_several("TopK", 2, scores, [self.task.size], axis=1, largest=0)[0]
        spread = graph.add("Mul", graph.add("Cast", rising, to=DOUBLE), np.array(self.task.scale, np.float64))
        numbers = graph.add("Add", spread, np.array(self.task.mean, np.float64))
        if not self.task.quantiles:
            return (graph.take(numbers, 0, axis=1),)
        return graph.take(numbers, self.task.quantiles.index(0.5), axis=1), numbers

    @override
    def answers(self, scores: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        columns = [np.asarray(column, dtype=np.float64) for column in self.task.columns(scores).values()]
        return (columns[0], np.stack(columns[1:], axis=1)) if self.task.quantiles else (columns[0],)
