"""The gates of an LSTM at work on a text: docs/sources.md, S2."""

from __future__ import annotations

import torch
from torch import Tensor

from reread.errors import ConfigError
from reread.nn.layers import RecurrentLayer
from reread.nn.model import TextNet
from reread.nn.recurrences.lstm import LSTM
from reread.nn.reference import lstm_gates


def gates(net: TextNet, ids: Tensor) -> Tensor:
    """The first layer's input, forget and output gates and its cell at each word: (directions, 4, time, hidden).

    The backward direction is given in the text's order too.

    Args:
        net: the network.
        ids: of one text, (1, time, features).

    Raises:
        ConfigError: its recurrence is not an LSTM.
    """
    layer = net.layers[0]
    if not isinstance(layer, RecurrentLayer) or not isinstance(layer.ahead, LSTM):
        raise ConfigError(
            "this network's recurrence is not an LSTM, so it lacks an LSTM's gates; "
            'train with recipe="lstm", whose network has them'
        )
    vectors = net.embedding(ids).spread()[0]
    directions = [_read(layer.ahead, vectors)]
    if isinstance(layer.back, LSTM):
        directions.append(_read(layer.back, vectors.flip(0)).flip(1))
    return torch.stack(directions)


def _read(recurrence: LSTM, vectors: Tensor) -> Tensor:
    """One direction, in reading order: (4, time, hidden)."""
    h, c = recurrence.start().unsqueeze(0).split(recurrence.hidden, dim=1)
    weights, steps = recurrence.weights(), []
    bias = weights["bias_ih"] + weights["bias_hh"]
    for x in vectors.split(1):
        i, f, a, o = lstm_gates(x, h, U=weights["weight_ih"], W=weights["weight_hh"], b=bias)
        c = f * c + i * a  # docs/sources.md, S1, equations 7 and 9
        h = o * torch.tanh(c)
        steps.append(torch.cat([i, f, o, c]))
    return torch.stack(steps, dim=1)
