"""The cells written as equations: the reference for the fast ones, and the slow path of training."""

from __future__ import annotations

import torch
from torch import Tensor


def lstm_gates(
    x: Tensor,
    h: Tensor,
    *,
    U: Tensor,  # noqa: N803  # the names of docs/sources.md, S1
    W: Tensor,  # noqa: N803
    b: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Input gate, forget gate, candidate and output gate of one step of an LSTM, each (batch, hidden).

    For the arguments see `lstm_step`.
    """
    U_i, U_f, U_a, U_o = U.chunk(4)  # noqa: N806
    W_i, W_f, W_a, W_o = W.chunk(4)  # noqa: N806
    b_i, b_f, b_a, b_o = b.chunk(4)
    f = torch.sigmoid(h @ W_f.T + x @ U_f.T + b_f)  # (4) forget gate
    i = torch.sigmoid(h @ W_i.T + x @ U_i.T + b_i)  # (5) input gate
    a = torch.tanh(h @ W_a.T + x @ U_a.T + b_a)  # (6) candidate
    o = torch.sigmoid(h @ W_o.T + x @ U_o.T + b_o)  # (8) output gate
    return i, f, a, o


def lstm_step(
    x: Tensor,
    h: Tensor,
    c: Tensor,
    *,
    U: Tensor,  # noqa: N803
    W: Tensor,  # noqa: N803
    b: Tensor,
) -> tuple[Tensor, Tensor]:
    """One step of an LSTM: docs/sources.md, S1, equations 4-9.

    Args:
        x: the word's vector, (batch, in_dim).
        h: the state before, (batch, hidden).
        c: the cell before, (batch, hidden).
        U: weights from the input, the blocks of input gate, forget gate, candidate and output gate, (4 hidden, in_dim).
        W: weights from the state, blocks as in ``U``, (4 hidden, hidden).
        b: biases, blocks as in ``U``, (4 hidden,).

    Returns:
        The state and the cell after the step, each (batch, hidden).
    """
    i, f, a, o = lstm_gates(x, h, U=U, W=W, b=b)
    c = f * c + i * a  # (7) cell
    return o * torch.tanh(c), c  # (9) state


def gru_step(
    x: Tensor,
    h: Tensor,
    *,
    U: Tensor,  # noqa: N803
    W: Tensor,  # noqa: N803
    b: Tensor,
    d: Tensor,
    seen: Tensor | None = None,
) -> Tensor:
    """One step of a GRU (Cho et al. 2014, with the reset gate after the product as in cuDNN).

    The blocks are reset, update and candidate. ``b`` (3 hidden,) is added to the products with the input, ``d``
    (3 hidden,) to those with the state. ``seen`` replaces the state in these products, for dropout; the state that is
    carried on stays whole.
    """
    x_r, x_z, x_n = (x @ U.T + b).chunk(3, dim=1)
    h_r, h_z, h_n = ((h if seen is None else seen) @ W.T + d).chunk(3, dim=1)
    r = torch.sigmoid(x_r + h_r)
    z = torch.sigmoid(x_z + h_z)
    n = torch.tanh(x_n + r * h_n)
    return (1 - z) * n + z * h


def rnn_step(x: Tensor, h: Tensor, *, U: Tensor, W: Tensor, b: Tensor) -> Tensor:  # noqa: N803
    """One step of a simple recurrent network: docs/sources.md, S1, equation 1 with f = tanh."""
    return torch.tanh(x @ U.T + h @ W.T + b)
