"""Max and mean pooling, side by side."""

from __future__ import annotations

import torch
from torch import Tensor

from reread.kernel import Library
from reread.nn.graph import Graph, Value
from reread.nn.poolings import Pooling, poolings
from reread.nn.poolings.max import MaxPooling
from reread.nn.poolings.mean import MeanPooling
from reread.typing import override


@poolings.register("max_mean")
class MaxMeanPooling(Pooling):
    """The largest and the average value of each component over the text."""

    def __init__(self, in_dim: int, backward: slice) -> None:
        super().__init__(in_dim, backward)
        self.max, self.mean = MaxPooling(in_dim, backward), MeanPooling(in_dim, backward)
        self.out_dim = self.max.out_dim + self.mean.out_dim
        self.summary_dim = self.max.summary_dim + self.mean.summary_dim

    @override
    def use_kernel(self, library: Library | None) -> None:
        super().use_kernel(library)
        self.max.use_kernel(library)

    @override
    def start(self) -> Tensor:
        return torch.cat([self.max.start(), self.mean.start()])

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        largest, total = summary.split([self.max.summary_dim, self.mean.summary_dim], dim=1)
        return torch.cat([self.max.add(largest, states, lengths), self.mean.add(total, states, lengths)], dim=1)

    @override
    def finish(self, summary: Tensor) -> Tensor:
        largest, total = summary.split([self.max.summary_dim, self.mean.summary_dim], dim=1)
        return torch.cat([self.max.finish(largest), self.mean.finish(total)], dim=1)

    @override
    def export_add(self, graph: Graph, summary: Value, states: Value, lengths: Value) -> Value:
        largest, total = graph.split(summary, [self.max.summary_dim, self.mean.summary_dim], axis=1)
        largest = self.max.export_add(graph, largest, states, lengths)
        return graph.concat([largest, self.mean.export_add(graph, total, states, lengths)], axis=1)

    @override
    def export_finish(self, graph: Graph, summary: Value) -> Value:
        largest, total = graph.split(summary, [self.max.summary_dim, self.mean.summary_dim], axis=1)
        return graph.concat([self.max.export_finish(graph, largest), self.mean.export_finish(graph, total)], axis=1)
