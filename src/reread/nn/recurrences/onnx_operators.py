"""The recurrent operators of ONNX, emitted while a network is exported.

The exporter would unroll or freeze time; ONNX has one operator for a whole sweep of each kind of cell.
https://onnx.ai/onnx/operators/ (LSTM, GRU, RNN; opset 14)
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

ONNX_FLOAT = 1


def exporting() -> bool:
    """Whether the network is being exported to ONNX right now."""
    return torch.onnx.is_in_onnx_export()


def reorder(weight: Tensor, order: Sequence[int]) -> Tensor:
    """Rearrange the gates' blocks of a torch weight or bias into ONNX's order."""
    blocks = weight.chunk(len(order))
    return torch.cat([blocks[k] for k in order])


def sweep(operator: str, cell: nn.RNNBase, order: Sequence[int], inputs: Tensor, lengths: Tensor,
          states: Sequence[Tensor]) -> list[Tensor]:
    """Emit one ONNX recurrent operator.

    Args:
        operator: "LSTM", "GRU" or "RNN".
        cell: the torch module with the weights.
        order: torch's gate blocks in ONNX's order.
        inputs: (batch, time, in_dim).
        lengths: (batch,).
        states: the initial states, each (batch, hidden).

    Returns:
        The outputs (batch, time, hidden), then each final state (batch, hidden).
    """
    batch, time, hidden = inputs.shape[0], inputs.shape[1], cell.hidden_size
    weight_ih = reorder(cell.weight_ih_l0, order).unsqueeze(0)
    weight_hh = reorder(cell.weight_hh_l0, order).unsqueeze(0)
    zeros = weight_ih.new_zeros(len(order) * hidden)
    biases = [reorder(cell.bias_ih_l0, order), reorder(cell.bias_hh_l0, order)] if cell.bias else [zeros, zeros]
    attributes: dict[str, int] = {"hidden_size": hidden}
    if operator == "GRU":
        attributes["linear_before_reset"] = 1  # torch multiplies the reset gate after the recurrent product
    outputs, *finals = torch.onnx.ops.symbolic_multi_out(
        operator,
        (inputs.transpose(0, 1), weight_ih, weight_hh, torch.cat(biases).unsqueeze(0), lengths.to(torch.int32),
         *(state.unsqueeze(0) for state in states)),
        attributes,
        dtypes=(ONNX_FLOAT,) * (1 + len(states)),
        shapes=((time, 1, batch, hidden), *(((1, batch, hidden),) * len(states))),
        version=14,
    )
    return [outputs[:, 0].transpose(0, 1), *(final[0] for final in finals)]
