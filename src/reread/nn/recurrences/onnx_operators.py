"""The recurrent operators of ONNX, emitted while a network is exported.

The exporter would unroll or freeze time; ONNX has one operator for a whole sweep of each kind of cell.
https://onnx.ai/onnx/operators/ (LSTM, GRU, RNN; opset 14)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from reread.nn.recurrences.base import weights_of

ONNX_FLOAT = 1


def exporting() -> bool:
    """Whether the network is being exported to ONNX right now."""
    return torch.onnx.is_in_onnx_export()


def reorder(weight: Tensor, order: Sequence[int]) -> Tensor:
    """Rearrange the gates' blocks of a torch weight or bias into ONNX's order."""
    blocks = weight.chunk(len(order))
    return torch.cat([blocks[k] for k in order])


def sweep(
    cell: nn.RNNBase, order: Sequence[int], inputs: Tensor, lengths: Tensor, states: Sequence[Tensor]
) -> list[Tensor]:
    """Emit one ONNX recurrent operator.

    Args:
        cell: the torch module with the weights; ONNX calls its kind as torch does: LSTM, GRU or RNN.
        order: torch's gate blocks in ONNX's order.
        inputs: (batch, time, in_dim).
        lengths: (batch,).
        states: the initial states, each (batch, hidden).

    Returns:
        The outputs (batch, time, hidden), then each final state (batch, hidden).
    """
    operator = type(cell).__name__
    batch, time, hidden = inputs.shape[0], inputs.shape[1], cell.hidden_size
    weights = {name: reorder(weight, order) for name, weight in weights_of(cell).items()}
    biases = torch.cat([weights["bias_ih"], weights["bias_hh"]])
    attributes: dict[str, Any] = {"hidden_size": hidden}
    if operator == "GRU":
        attributes["linear_before_reset"] = 1  # torch multiplies the reset gate after the recurrent product
    outputs, *finals = torch.onnx.ops.symbolic_multi_out(
        operator,
        (
            inputs.transpose(0, 1),
            weights["weight_ih"][None],
            weights["weight_hh"][None],
            biases[None],
            lengths.to(torch.int32),
            *(state.unsqueeze(0) for state in states),
        ),
        attributes,
        dtypes=(ONNX_FLOAT,) * (1 + len(states)),
        shapes=((time, 1, batch, hidden), *(((1, batch, hidden),) * len(states))),
        version=14,
    )
    return [outputs[:, 0].transpose(0, 1), *(final[0] for final in finals)]
