"""The recurrent operators of ONNX, emitted while a network is exported.

The exporter would unroll or freeze time; ONNX has one operator for a whole sweep of each kind of cell.
https://onnx.ai/onnx/operators/ (LSTM, GRU, RNN; opset 14)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from reread.nn.recurrences.cells import weights_of

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
    weights = {name: reorder(weight, order) for name, weight in weights_of(cell).items()}
    biases = torch.cat([weights["bias_ih"], weights["bias_hh"]])
    attributes: dict[str, Any] = {}
    if operator == "GRU":
        attributes["linear_before_reset"] = 1  # torch multiplies the reset gate after the recurrent product
    return _emit(operator, attributes, (weights["weight_ih"], weights["weight_hh"], biases), inputs, lengths, *states)


def average(keep: Tensor, candidate: Tensor, lengths: Tensor, first: Tensor) -> list[Tensor]:
    """Emit cell = keep * cell + (1 - keep) * candidate as one ONNX operator.

    It is a GRU's last equation; its update gate and candidate take what they read as it is, and nothing reads the state.

    Args:
        keep: (batch, time, hidden).
        candidate: (batch, time, hidden).
        lengths: (batch,).
        first: the first cell, (batch, hidden).

    Returns:
        The cells (batch, time, hidden), then the last one (batch, hidden).
    """
    hidden = keep.shape[-1]
    update, candidates = torch.eye(2 * hidden).chunk(2)
    weights = torch.cat([update, torch.zeros_like(update), candidates])
    nothing = torch.zeros(3 * hidden, hidden), torch.zeros(6 * hidden)
    identity = {"activations": ["Affine"] * 2, "activation_alpha": [1.0] * 2, "activation_beta": [0.0] * 2}
    inputs = torch.cat([keep, candidate], dim=-1)
    return _emit("GRU", identity, (weights, *nothing), inputs, lengths, first)


def _emit(
    operator: str,
    attributes: dict[str, Any],
    weights: Sequence[Tensor],
    inputs: Tensor,
    lengths: Tensor,
    *states: Tensor,
) -> list[Tensor]:
    """One operator with its weights from the input and from the state and its biases; the rest as of ``sweep``."""
    batch, time, hidden = inputs.shape[0], inputs.shape[1], states[0].shape[-1]
    outputs, *finals = torch.onnx.ops.symbolic_multi_out(
        operator,
        (
            inputs.transpose(0, 1),
            *(weight.unsqueeze(0) for weight in weights),
            lengths.to(torch.int32),
            *(state.unsqueeze(0) for state in states),
        ),
        {"hidden_size": hidden, **attributes},
        dtypes=(ONNX_FLOAT,) * (1 + len(states)),
        shapes=((time, 1, batch, hidden), *(((1, batch, hidden),) * len(states))),
        version=14,
    )
    return [outputs[:, 0].transpose(0, 1), *(final[0] for final in finals)]
