"""The LSTM: docs/sources.md, S1, equations 4-9; Hochreiter and Schmidhuber 1997, Gers et al. 2000."""

from __future__ import annotations

from typing import Self, Unpack, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from reread.kernel.lstm import Layout, Lstm
from reread.kernel.sweeps import Sweeps
from reread.nn.recurrences import lstm_kernel, recurrences
from reread.nn.recurrences.base import Options, product
from reread.nn.recurrences.cells import CellRecurrence, initialise, weights_of
from reread.nn.recurrences.lstm_kernel import Direction
from reread.nn.reference import lstm_step
from reread.nn.token_vectors import TokenVectors
from reread.typing import override


@recurrences.register("lstm")
class LSTM(CellRecurrence):
    """Gates decide what the cell keeps, adds and shows. The state is the output and the cell, concatenated."""

    parts = 2
    sweeps = Lstm
    onnx_gates = (0, 3, 1, 2)  # torch: input, forget, candidate, output; ONNX: input, output, forget, candidate

    def __init__(self, in_dim: int, hidden: int, **options: Unpack[Options]) -> None:
        super().__init__(in_dim, hidden, **options)
        self.cell = nn.LSTM(in_dim, hidden, batch_first=True)
        initialise(self.cell)
        nn.init.ones_(
            weights_of(self.cell)["bias_ih"].data[hidden : 2 * hidden]
        )  # forget nothing at first (Jozefowicz et al. 2015)

    @override
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        h, c = state.split(self.hidden, dim=1)
        mask = self.recurrent_mask(h)
        if mask is None:
            outputs, (h, c) = self.run_cell(inputs, (h[None].contiguous(), c[None].contiguous()))
            h, c = h[0], c[0]
        else:
            outputs, h, c = self._step_by_step(inputs, h, c, mask)
        return outputs, torch.cat([h, c], dim=1)

    @override
    def sweep(
        self, back: Self | None, kernel: Sweeps, words: TokenVectors, lengths: Tensor, states: Tensor
    ) -> tuple[Tensor, Tensor]:
        vectors, index = words.distinct()
        kernel, recurrences = cast("Lstm", kernel), [self] if back is None else [self, back]
        directions = [
            recurrence.direction(kernel, vectors, state, reverse=recurrence is back)
            for recurrence, state in zip(recurrences, states, strict=True)
        ]
        outputs, last = lstm_kernel.sweep(kernel, index, lengths, directions)
        if outputs.shape[-1] > self.hidden * len(directions):
            outputs = outputs.unflatten(-1, (len(directions), -1))[..., : self.hidden].flatten(-2)
        after = [torch.cat([each[:, : self.hidden] for each in pair], dim=1) for pair in last]
        return outputs, torch.stack(after)

    def direction(self, kernel: Lstm, vectors: Tensor, state: Tensor, *, reverse: bool) -> Direction:
        """The kernel's arguments for distinct vectors (distinct, in_dim) and state (batch, state_dim)."""
        layout, weights = Layout.of(kernel.library, self.hidden), self.weights()
        order = torch.from_numpy(layout.order % (4 * self.hidden + 1))
        more = layout.hidden - self.hidden

        def arranged(gates: Tensor) -> Tensor:  # padding is a row of 0 after the last one
            return torch.cat([gates, gates.new_zeros(1, *gates.shape[1:])]).index_select(0, order)

        h, c = (pad(part, (0, more)) for part in state.split(self.hidden, dim=1))
        mask = self.recurrent_mask(state)
        inputs = product(vectors, arranged(weights["weight_ih"]), kernel.precision)
        return Direction(
            inputs=inputs + arranged(weights["bias_ih"] + weights["bias_hh"]),
            weights=pad(arranged(weights["weight_hh"]), (0, more)),
            state=h,
            cell=c,
            mask=None if mask is None else pad(mask, (0, more)),
            reverse=reverse,
        )

    def _step_by_step(self, inputs: Tensor, h: Tensor, c: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        weights, outputs = self.weights(), []
        bias = weights["bias_ih"] + weights["bias_hh"]
        for x in inputs.unbind(1):
            h, c = lstm_step(x, h * mask, c, U=weights["weight_ih"], W=weights["weight_hh"], b=bias)
            outputs.append(h)
        return torch.stack(outputs, dim=1), h, c
