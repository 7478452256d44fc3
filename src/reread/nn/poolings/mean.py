"""Mean pooling."""

from __future__ import annotations

import torch
from torch import Tensor

from reread.nn.graph import FLOAT, Graph, Value
from reread.nn.poolings import Pooling, poolings
from reread.nn.token_vectors import export_real, real
from reread.typing import override


@poolings.register("mean")
class MeanPooling(Pooling):
    """The average state over the real tokens of a text. The summary is the sum, then the count."""

    def __init__(self, in_dim: int, backward: slice) -> None:
        super().__init__(in_dim, backward)
        self.summary_dim = in_dim + 1

    @override
    def start(self) -> Tensor:
        return torch.zeros(self.summary_dim)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        total = states.masked_fill(~real(states, lengths), 0).sum(dim=1)
        return summary + torch.cat([total, lengths.unsqueeze(1).to(total)], dim=1)

    @override
    def finish(self, summary: Tensor) -> Tensor:
        return summary[:, :-1] / summary[:, -1:].clamp(min=1)

    @override
    def export_add(self, graph: Graph, summary: Value, states: Value, lengths: Value) -> Value:
        seen = graph.add("Where", export_real(graph, states, lengths), states, 0.0)
        total = graph.add("ReduceSum", seen, [1], keepdims=0)
        count = graph.add("Cast", graph.add("Unsqueeze", lengths, [1]), to=FLOAT)
        return graph.add("Add", summary, graph.concat([total, count], axis=1))

    @override
    def export_finish(self, graph: Graph, summary: Value) -> Value:
        total, count = graph.split(summary, [self.in_dim, 1], axis=1)
        return graph.add("Div", total, graph.add("Max", count, 1.0))
