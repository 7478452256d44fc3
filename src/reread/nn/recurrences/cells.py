"""What recurrences around torch's cells share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.func import functional_call

from reread.nn.graph import Graph, Value
from reread.nn.recurrences import onnx_operators
from reread.nn.recurrences.base import Recurrence
from reread.typing import override


class CellRecurrence(Recurrence):
    """A recurrence around a cell of torch, whose recurrent weights can be hidden while it trains.

    Hidden weights stay hidden until ``hide_weights`` is called again, so that the windows of a long text, and what is
    recomputed in the backward pass, use the same weights.

    Attributes:
        cell: torch's cell; ONNX has the same name for it.
        onnx_gates: for each of ONNX's blocks of weights, the index of torch's block.
        onnx_attributes: of the ONNX operator.
    """

    onnx_gates: ClassVar[Sequence[int]] = (0,)
    onnx_attributes: ClassVar[Mapping[str, Any]] = {}
    cell: nn.RNNBase
    _kept: Tensor | None = None  # multiplies the recurrent weights while training, (gates hidden, hidden)

    @override
    def hide_weights(self) -> None:
        if self.training and self.weight_dropout > 0:
            weights, keep = weights_of(self.cell)["weight_hh"], 1 - self.weight_dropout
            self._kept = torch.bernoulli(torch.full_like(weights, keep, requires_grad=False)) / keep

    def weights(self) -> dict[str, Tensor]:
        """The cell's weights as by `weights_of`, with hidden ones at zero."""
        weights, mask = weights_of(self.cell), self._mask()
        return weights if mask is None else {**weights, "weight_hh": weights["weight_hh"] * mask}

    def run_cell(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """All steps in one call of torch: the outputs (batch, time, hidden) and the state after, in torch's form."""
        result: tuple[Tensor, Any]
        if self._mask() is None:
            result = self.cell(inputs, state)
        else:
            result = functional_call(self.cell, {"weight_hh_l0": self.weights()["weight_hh"]}, (inputs, state))
        return result

    @override
    def export(self, graph: Graph, inputs: Value, lengths: Value, state: Value) -> tuple[Value, Value]:
        weights = {name: onnx_operators.reorder(each, self.onnx_gates) for name, each in weights_of(self.cell).items()}
        outputs, *finals = onnx_operators.sweep(
            graph,
            type(self.cell).__name__,
            (weights["weight_ih"], weights["weight_hh"], torch.cat([weights["bias_ih"], weights["bias_hh"]])),
            (inputs, lengths),
            graph.split(state, [self.hidden] * self.parts, axis=1),
            **self.onnx_attributes,
        )
        return outputs, graph.concat(finals, axis=1)

    def _mask(self) -> Tensor | None:
        return self._kept if self.training else None


def initialise(recurrent: nn.RNNBase) -> None:
    """Glorot weights from the input, an orthogonal block for each gate's recurrence, zero biases."""
    for name, parameter in recurrent.named_parameters():
        if "weight_ih" in name:
            nn.init.xavier_uniform_(parameter)
        elif "weight_hh" in name:
            for block in parameter.data.split(recurrent.hidden_size):
                nn.init.orthogonal_(block)
        else:
            nn.init.zeros_(parameter)


def weights_of(cell: nn.RNNBase) -> dict[str, Tensor]:
    """The layer's parameters by name; zero biases if the cell has none."""
    parameters = {name.removesuffix("_l0"): parameter for name, parameter in cell.named_parameters()}
    zeros = parameters["weight_ih"].new_zeros(len(parameters["weight_ih"]))
    return {"bias_ih": zeros, "bias_hh": zeros, **parameters}
