"""Attention pooling: Yang et al. 2016, equations 5-7 (one context vector for all texts)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from reread.nn.graph import Graph, Value
from reread.nn.poolings import Pooling, poolings
from reread.nn.token_vectors import export_real, real
from reread.typing import override


@poolings.register("attention")
class AttentionPooling(Pooling):
    """The average state, weighted by a softmax over how well tanh(W h + b) fits a learned vector.

    The summary holds the weighted sum, the sum of the weights and the largest logit so far, so that windows
    merge exactly (the running softmax of Milakov and Gimelshein 2018).
    """

    def __init__(self, in_dim: int, backward: slice) -> None:
        super().__init__(in_dim, backward)
        self.summary_dim = in_dim + 2
        self.project = nn.Linear(in_dim, in_dim)
        self.context = nn.Linear(in_dim, 1, bias=False)

    @override
    def start(self) -> Tensor:
        summary = torch.zeros(self.summary_dim)
        summary[-1] = -torch.inf
        return summary

    def logits(self, states: Tensor, lengths: Tensor) -> Tensor:
        """The attention logits (batch, time, 1), minus infinity where no token is."""
        fit: Tensor = self.context(torch.tanh(self.project(states)))
        return fit.masked_fill(~real(states, lengths), -torch.inf)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        old_sum, old_weight, old_top = summary.split([self.in_dim, 1, 1], dim=1)
        logits = self.logits(states, lengths)
        top = torch.maximum(old_top, logits.max(dim=1).values).detach()
        weights = torch.exp(logits - top.unsqueeze(1))
        rescale = torch.exp(old_top - top)
        new_sum = old_sum * rescale + (weights * states).sum(dim=1)
        return torch.cat([new_sum, old_weight * rescale + weights.sum(dim=1), top], dim=1)

    @override
    def finish(self, summary: Tensor) -> Tensor:
        return summary[:, :-2] / summary[:, -2:-1]

    @override
    def export_add(self, graph: Graph, summary: Value, states: Value, lengths: Value) -> Value:
        old_sum, old_weight, old_top = graph.split(summary, [self.in_dim, 1, 1], axis=1)
        fit = graph.linear(states, self.project.weight, self.project.bias)
        fit = graph.linear(graph.add("Tanh", fit), self.context.weight)
        logits = graph.add("Where", export_real(graph, states, lengths), fit, -math.inf)
        top = graph.add("Max", old_top, graph.add("ReduceMax", logits, [1], keepdims=0))
        weights = graph.add("Exp", graph.add("Sub", logits, graph.add("Unsqueeze", top, [1])))
        rescale = graph.add("Exp", graph.add("Sub", old_top, top))
        parts = [(old_sum, graph.add("Mul", weights, states)), (old_weight, weights)]
        sums = [
            graph.add("Add", graph.add("Mul", old, rescale), graph.add("ReduceSum", new, [1], keepdims=0))
            for old, new in parts
        ]
        return graph.concat([*sums, top], axis=1)

    @override
    def export_finish(self, graph: Graph, summary: Value) -> Value:
        total, weight, _ = graph.split(summary, [self.in_dim, 1, 1], axis=1)
        return graph.add("Div", total, weight)
