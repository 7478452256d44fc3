"""The literal recurrent context: docs/sources.md, S1, equations 11-12; Lai et al. 2015."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from reread.nn.recurrences import recurrences
from reread.nn.recurrences.rnn import RNN
from reread.typing import override


@recurrences.register("recurrent_context")
class RecurrentContext(RNN):
    """The output at a word is the context before it: the word itself is not in it.

    The context of the first word is a learned parameter shared by all texts (c_l(w_1), c_r(w_n) in θ of
    equation 18). The equations have no bias.
    """

    def __init__(self, in_dim: int, hidden: int, *, recurrent_dropout: float = 0.0) -> None:
        super().__init__(in_dim, hidden, recurrent_dropout=recurrent_dropout, bias=False)
        self.boundary = nn.Parameter(torch.empty(hidden).uniform_(-0.1, 0.1))

    @override
    def start(self) -> Tensor:
        return self.boundary

    @override
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        after, final = super().forward(inputs, lengths, state)
        before = torch.cat([state.unsqueeze(1), after[:, :-1]], dim=1)
        return before, final
