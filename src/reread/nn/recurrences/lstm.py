"""The LSTM: docs/sources.md, S1, equations 4-9; Hochreiter and Schmidhuber 1997, Gers et al. 2000."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from reread.kernel.lstm import Layout, Lstm
from reread.nn.recurrences import onnx_operators, recurrences
from reread.nn.recurrences.base import Recurrence, initialise, weights_of
from reread.nn.recurrences.lstm_kernel import DTYPES, Direction
from reread.nn.reference import lstm_step
from reread.typing import override

ONNX_GATES = (0, 3, 1, 2)  # torch: input, forget, candidate, output; ONNX: input, output, forget, candidate


@recurrences.register("lstm")
class LSTM(Recurrence):
    """Gates decide what the cell keeps, takes in and shows. The state is the output and the cell, side by side."""

    def __init__(self, in_dim: int, hidden: int, *, recurrent_dropout: float = 0.0) -> None:
        super().__init__(in_dim, hidden, recurrent_dropout=recurrent_dropout)
        self.state_dim = 2 * hidden
        self.cell = nn.LSTM(in_dim, hidden, batch_first=True)
        initialise(self.cell)
        nn.init.ones_(
            weights_of(self.cell)["bias_ih"].data[hidden : 2 * hidden]
        )  # forget nothing at first (Jozefowicz et al. 2015)

    @override
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        h, c = state.split(self.hidden, dim=1)
        mask = self.recurrent_mask(h)
        if onnx_operators.exporting():
            outputs, h, c = onnx_operators.sweep(self.cell, ONNX_GATES, inputs, lengths, (h, c))
        elif mask is None:
            outputs, (h, c) = self.cell(inputs, (h[None].contiguous(), c[None].contiguous()))
            h, c = h[0], c[0]
        else:
            outputs, h, c = self._step_by_step(inputs, h, c, mask)
        return outputs, torch.cat([h, c], dim=1)

    @override
    def direction(self, kernel: Lstm, vectors: Tensor, state: Tensor, *, reverse: bool) -> Direction:
        layout, weights = Layout.of(kernel.library, self.hidden), weights_of(self.cell)
        order = torch.from_numpy(layout.order)
        more = layout.hidden - self.hidden

        def arranged(gates: Tensor) -> Tensor:
            return gates[order.clamp(min=0)] * (order >= 0).to(gates).view(-1, *[1] * (gates.dim() - 1))

        h, c = (pad(part, (0, more)) for part in state.split(self.hidden, dim=1))
        mask = self.recurrent_mask(state)
        inputs = _product(vectors, arranged(weights["weight_ih"]), DTYPES[kernel.number])
        return Direction(
            inputs + arranged(weights["bias_ih"] + weights["bias_hh"]), pad(arranged(weights["weight_hh"]), (0, more)),
            h, c, None if mask is None else pad(mask, (0, more)), reverse,
        )  # fmt: skip

    def _step_by_step(self, inputs: Tensor, h: Tensor, c: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        weights, outputs = weights_of(self.cell), []
        bias = weights["bias_ih"] + weights["bias_hh"]
        for x in inputs.unbind(1):
            h, c = lstm_step(x, h * mask, c, U=weights["weight_ih"], W=weights["weight_hh"], b=bias)
            outputs.append(h)
        return torch.stack(outputs, dim=1), h, c


def _product(vectors: Tensor, weights: Tensor, number: torch.dtype) -> Tensor:
    """Vectors (distinct, in_dim) times weights (gates, in_dim), (distinct, gates); the factors rounded to a kind of number."""
    return (vectors.to(number) @ weights.to(number).t()).to(vectors.dtype)
