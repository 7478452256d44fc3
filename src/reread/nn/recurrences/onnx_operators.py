"""The recurrent operators of ONNX: one for all steps. https://onnx.ai/onnx/operators/ (LSTM, GRU, RNN)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from reread.nn.graph import INT32, Graph, Operand, Value

IDENTITY = {"activations": ["Affine"] * 2, "activation_alpha": [1.0] * 2, "activation_beta": [0.0] * 2}


def reorder(weight: Tensor, order: Sequence[int]) -> Tensor:
    """Rearrange the gates' blocks of a torch weight or bias into ONNX's order."""
    blocks = weight.chunk(len(order))
    return torch.cat([blocks[k] for k in order])


def sweep(
    graph: Graph,
    operator: str,
    weights: Sequence[Tensor],
    texts: tuple[Value, Value],
    states: Sequence[Value],
    **attributes: Any,
) -> tuple[Value, ...]:
    """Add one recurrent operator.

    Args:
        graph: where it is added.
        operator: LSTM, GRU or RNN.
        weights: from the input (gates hidden, in_dim), from the state (gates hidden, hidden), and both kinds of
            biases (2 gates hidden,); gates in ONNX's order.
        texts: the inputs (batch, time, in_dim) and the lengths (batch,).
        states: the initial states, each (batch, hidden).
        attributes: of the operator.

    Returns:
        The outputs (batch, time, hidden), then each final state (batch, hidden).
    """
    inputs, lengths = texts
    operands: list[Operand] = [
        graph.add("Transpose", inputs, perm=[1, 0, 2]),
        *(weight.unsqueeze(0) for weight in weights),
        graph.add("Cast", lengths, to=INT32),
        *(graph.add("Unsqueeze", state, [0]) for state in states),
    ]
    hidden = weights[1].shape[1]
    outputs, *finals = graph.add_several(operator, 1 + len(states), *operands, hidden_size=hidden, **attributes)
    by_text = graph.add("Transpose", graph.add("Squeeze", outputs, [1]), perm=[1, 0, 2])
    return by_text, *(graph.add("Squeeze", final, [0]) for final in finals)


def average(
    graph: Graph, keep: Value, candidate: Value, texts: tuple[Value, Value], *, hidden: int
) -> tuple[Value, ...]:
    """Add cell = keep * cell + (1 - keep) * candidate as one operator.

    It is a GRU's last equation: its update gate and candidate are the inputs themselves, and nothing reads the state.

    Args:
        graph: where it is added.
        keep: (batch, time, hidden).
        candidate: (batch, time, hidden).
        texts: the lengths (batch,) and the first cells (batch, hidden).
        hidden: number of units.

    Returns:
        The cells (batch, time, hidden), then the last one (batch, hidden).
    """
    update, candidates = torch.eye(2 * hidden).chunk(2)
    weights = torch.cat([update, torch.zeros_like(update), candidates])
    nothing = torch.zeros(3 * hidden, hidden), torch.zeros(6 * hidden)
    inputs, (lengths, first) = graph.concat([keep, candidate], axis=2), texts
    return sweep(graph, "GRU", (weights, *nothing), (inputs, lengths), [first], **IDENTITY)
