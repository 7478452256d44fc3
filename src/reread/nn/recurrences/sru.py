"""The simple recurrent unit: Lei et al. 2018, in the form whose gates do not read the previous state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import torch
from torch import Tensor, nn

from reread.nn.graph import Graph, Value
from reread.nn.recurrences import recurrences
from reread.nn.recurrences.base import Options
from reread.nn.recurrences.light import LightRecurrence
from reread.nn.recurrences.light_kernel import Gates
from reread.typing import override


@recurrences.register("sru")
class SRU(LightRecurrence):
    """f = σ(W_f x + b_f), r = σ(W_r x + b_r); c_t = f c_{t-1} + (1 - f) W x; h = r c_t + (1 - r) W_h x.

    The word also reaches the output past the cell, always through separate weights, so that it may have any length.
    """

    gates, others = 2, 2  # f, r; W x, W_h x

    def __init__(self, in_dim: int, hidden: int, **options: Unpack[Options]) -> None:
        super().__init__(in_dim, hidden, **options)
        nn.init.ones_(self.bias.data[:hidden])  # forget little at first, as the LSTM does

    @override
    def gated(self, projected: Tensor) -> Gates[Tensor]:
        forget, reset, candidate, beside = projected.chunk(4, dim=-1)
        return Gates(torch.sigmoid(forget), candidate, torch.sigmoid(reset), beside)

    @override
    def export_gated(self, graph: Graph, projected: Sequence[Value]) -> Gates[Value]:
        forget, reset, candidate, beside = projected
        return Gates(graph.add("Sigmoid", forget), candidate, graph.add("Sigmoid", reset), beside)
