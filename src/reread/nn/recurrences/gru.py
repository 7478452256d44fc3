"""The gated recurrent unit: Cho et al. 2014."""

from __future__ import annotations

from typing import ClassVar, Unpack

import torch
from torch import Tensor, nn

from reread.nn.recurrences import recurrences
from reread.nn.recurrences.base import Options
from reread.nn.recurrences.cells import CellRecurrence, initialise
from reread.nn.reference import gru_step
from reread.typing import override


@recurrences.register("gru")
class GRU(CellRecurrence):
    """Two gates and no separate cell: the output is the state."""

    onnx_gates = (1, 0, 2)  # torch: reset, update, candidate; ONNX: update, reset, candidate
    onnx_attributes: ClassVar = {"linear_before_reset": 1}  # torch's reset gate comes after the recurrent product

    def __init__(self, in_dim: int, hidden: int, **options: Unpack[Options]) -> None:
        super().__init__(in_dim, hidden, **options)
        self.cell = nn.GRU(in_dim, hidden, batch_first=True)
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
        for x in inputs.unbind(1):
            h = gru_step(
                x,
                h,
                U=weights["weight_ih"],
                W=weights["weight_hh"],
                b=weights["bias_ih"],
                d=weights["bias_hh"],
                seen=h * mask,
            )
            outputs.append(h)
        return torch.stack(outputs, dim=1), h
