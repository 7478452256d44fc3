"""The minimal LSTM: Feng et al. 2024, minLSTM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import torch
from torch import Tensor, nn
from torch.nn.functional import logsigmoid

from reread.nn.graph import Graph, Value
from reread.nn.recurrences import recurrences
from reread.nn.recurrences.base import Options
from reread.nn.recurrences.light import LightRecurrence
from reread.nn.recurrences.light_kernel import Gates
from reread.typing import override


@recurrences.register("min_lstm")
class MinLSTM(LightRecurrence):
    """f = σ(W_f x + b_f), i = σ(W_i x + b_i); h_t = f / (f + i) h_{t-1} + i / (f + i) W x."""

    gates, others = 2, 1  # f, i; W x

    def __init__(self, in_dim: int, hidden: int, **options: Unpack[Options]) -> None:
        super().__init__(in_dim, hidden, **options)
        nn.init.ones_(self.bias.data[:hidden])  # forget little at first: with these two, f / (f + i) = σ(1),
        nn.init.constant_(self.bias.data[hidden:], -1.0)  # as in the LSTM

    @override
    def gated(self, projected: Tensor) -> Gates[Tensor]:
        forget, take, candidate = projected.chunk(3, dim=-1)
        # f / (f + i) = σ(log f - log i) avoids 0 / 0 if both gates are closed.
        return Gates(torch.sigmoid(logsigmoid(forget) - logsigmoid(take)), candidate)

    @override
    def export_gated(self, graph: Graph, projected: Sequence[Value]) -> Gates[Value]:
        forget, take, candidate = projected
        forget, take = (graph.add("Softplus", graph.add("Neg", gate)) for gate in (forget, take))  # - log f, - log i
        return Gates(graph.add("Sigmoid", graph.add("Sub", take, forget)), candidate)
