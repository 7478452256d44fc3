"""A pooling: the smallest value of each component over the text."""

import math

import torch
from torch import Tensor

from reread.nn.graph import Graph, Value
from reread.nn.poolings import Pooling, poolings
from reread.nn.token_vectors import export_real, real


@poolings.register("smallest")
class Smallest(Pooling):
    """What max pooling leaves out."""

    def start(self) -> Tensor:
        """The summary of no states."""
        return torch.full((self.in_dim,), torch.inf)

    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        """Merge the states of a window into the summary."""
        smallest = states.masked_fill(~real(states, lengths), torch.inf).min(dim=1).values
        return torch.minimum(summary, smallest)

    def export_add(self, graph: Graph, summary: Value, states: Value, lengths: Value) -> Value:
        """The same in ONNX."""
        seen = graph.add("Where", export_real(graph, states, lengths), states, math.inf)
        return graph.add("Min", summary, graph.add("ReduceMin", seen, [1], keepdims=0))
