"""The literal recurrent context: docs/sources.md, S1, equations 11-12; Lai et al. 2015."""

from __future__ import annotations

from typing import Unpack

import torch
from torch import Tensor, nn

from reread.nn.graph import Graph, Value
from reread.nn.recurrences import recurrences
from reread.nn.recurrences.base import Options
from reread.nn.recurrences.rnn import RNN
from reread.typing import override


@recurrences.register("recurrent_context")
class RecurrentContext(RNN):
    """The output at a word is the context before it: the word itself is not in it.

    The context of the first word is a learned parameter shared by all texts (c_l(w_1), c_r(w_n) in θ of
    equation 18). The equations have no bias.
    """

    def __init__(self, in_dim: int, hidden: int, **options: Unpack[Options]) -> None:
        rest: Options = {**options, "learned_start": False}  # it is always learned
        super().__init__(in_dim, hidden, bias=False, **rest)
        self.boundary = nn.Parameter(torch.empty(hidden).uniform_(-0.1, 0.1))

    @override
    def start(self) -> Tensor:
        return self.boundary

    @override
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        after, final = super().forward(inputs, lengths, state)
        before = torch.cat([state.unsqueeze(1), after[:, :-1]], dim=1)
        return before, final

    @override
    def export(self, graph: Graph, inputs: Value, lengths: Value, state: Value) -> tuple[Value, Value]:
        after, final = super().export(graph, inputs, lengths, state)
        before = graph.concat([graph.add("Unsqueeze", state, [1]), after], axis=1)
        return graph.add("Slice", before, [0], [-1], [1]), final
