"""Max pooling: docs/sources.md, S1, equation 15."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from reread.nn.graph import Graph, Value
from reread.nn.heads import rising_layer
from reread.nn.poolings import Pooling, poolings
from reread.nn.poolings.max_kernel import max_pool, max_pool_products
from reread.nn.token_vectors import Reading, export_real, real
from reread.typing import override


@poolings.register("max")
class MaxPooling(Pooling):
    """The largest value of each component over the text."""

    @override
    def start(self) -> Tensor:
        return torch.full((self.in_dim,), -torch.inf)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        largest = states.masked_fill(~real(states, lengths), -torch.inf).max(dim=1).values
        return torch.maximum(summary, largest)

    @override
    def export_add(self, graph: Graph, summary: Value, states: Value, lengths: Value) -> Value:
        seen = graph.add("Where", export_real(graph, states, lengths), states, -math.inf)
        return graph.add("Max", summary, graph.add("ReduceMax", seen, [1], keepdims=0))

    @override
    def add_latent(self, summary: Tensor, latent: nn.Sequential, reading: Reading, lengths: Tensor) -> Tensor:
        layer = rising_layer(latent)
        if not reading.outputs.is_cpu or self.library is None:
            return super().add_latent(summary, latent, reading, lengths)
        if layer is None:
            return torch.maximum(summary, max_pool(self.library, latent(reading.joined()), lengths))
        linear, activation = layer  # the largest product is also the largest after the activation
        largest = max_pool_products(self.library, reading, linear.weight, lengths) + linear.bias
        return torch.maximum(summary, activation(largest))
