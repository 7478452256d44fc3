"""The simple recurrent network: docs/sources.md, S1, equation 1; Elman 1990."""

from __future__ import annotations

from typing import Unpack

import torch
from torch import Tensor, nn

from reread.nn.recurrences import recurrences
from reread.nn.recurrences.base import Options
from reread.nn.recurrences.cells import CellRecurrence, initialise
from reread.nn.reference import rnn_step
from reread.typing import override


@recurrences.register("rnn")
class RNN(CellRecurrence):
    """The state is the output: tanh of the word and of the state before."""

    def __init__(self, in_dim: int, hidden: int, *, bias: bool = True, **options: Unpack[Options]) -> None:
        super().__init__(in_dim, hidden, **options)
        self.cell = nn.RNN(in_dim, hidden, batch_first=True, bias=bias)
        initialise(self.cell)

    @override
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        mask = self.recurrent_mask(state)
        if mask is None:
            outputs, final = self.run_cell(inputs, state[None].contiguous())
            return outputs, final[0]
        return self._step_by_step(inputs, state, mask)

    def _step_by_step(self, inputs: Tensor, h: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        weights, outputs = self.weights(), []
        bias = weights["bias_ih"] + weights["bias_hh"]
        for x in inputs.unbind(1):
            h = rnn_step(x, h * mask, U=weights["weight_ih"], W=weights["weight_hh"], b=bias)
            outputs.append(h)
        return torch.stack(outputs, dim=1), h
