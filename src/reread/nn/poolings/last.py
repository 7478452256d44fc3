"""The last state: where each direction stopped reading."""

from __future__ import annotations

import torch
from torch import Tensor

from reread.nn.graph import Graph, Value
from reread.nn.poolings import Pooling, poolings
from reread.typing import override


@poolings.register("last")
class LastPooling(Pooling):
    """The forward state at the last token and the backward state at the first.

    The summary ends in a flag: 1 after the first window.
    """

    reads_everywhere = False

    def __init__(self, in_dim: int, backward: slice) -> None:
        super().__init__(in_dim, backward)
        self.summary_dim = in_dim + 1
        is_backward = torch.zeros(in_dim, dtype=torch.bool)
        is_backward[backward] = True
        self.register_buffer("is_backward", is_backward, persistent=False)
        self.is_backward: Tensor

    @override
    def start(self) -> Tensor:
        return torch.zeros(self.summary_dim)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        kept, begun = summary[:, :-1], summary[:, -1:]
        where = (lengths - 1).view(-1, 1, 1).expand(-1, 1, self.in_dim)
        last = states.gather(1, where)[:, 0]
        first = torch.where(begun > 0, kept, states[:, 0])
        return torch.cat([torch.where(self.is_backward, first, last), torch.ones_like(begun)], dim=1)

    @override
    def finish(self, summary: Tensor) -> Tensor:
        return summary[:, :-1]

    @override
    def export_add(self, graph: Graph, summary: Value, states: Value, lengths: Value) -> Value:
        kept, begun = graph.split(summary, [self.in_dim, 1], axis=1)
        ends = graph.add("Unsqueeze", graph.add("Sub", lengths, 1), [1])
        last = graph.add("GatherND", states, ends, batch_dims=1)
        first = graph.add("Where", graph.add("Greater", begun, 0.0), kept, graph.take(states, 0, axis=1))
        vectors = graph.add("Where", self.is_backward, first, last)
        return graph.concat([vectors, graph.add("Max", begun, 1.0)], axis=1)

    @override
    def export_finish(self, graph: Graph, summary: Value) -> Value:
        return graph.split(summary, [self.in_dim, 1], axis=1)[0]
