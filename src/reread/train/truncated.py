"""Truncated back-propagation through a long text: exact answers, with gradients that stop at the windows' borders."""

from __future__ import annotations

from itertools import zip_longest

import torch
from torch import Tensor

from reread import windows
from reread.nn.model import TextNet
from reread.train.recomputed import recomputed


def read_long(net: TextNet, ids: Tensor, window: int, perturbation: Tensor | None = None) -> Tensor:
    """Scores (1, scores) of one text, ids (1, time, features), in windows; perturbed as in `TextNet.forward`.

    The states at the borders are found without gradients; then each window is read again with them, its inner
    values recomputed during the backward pass (Chen et al. 2016), so that memory is that of one window. The
    gradient reaches every window through the pooling's summary and stops at the borders (Williams and Peng 1990).
    """
    net.hide_weights()
    moves = [] if perturbation is None else windows.cut(perturbation, window)
    pieces = list(zip_longest(windows.cut(ids, window), moves))
    start, summary = net.start_states().unsqueeze(1), net.start_summary().to(ids.device).unsqueeze(0)
    layers, bidirectional = len(net.layers), net.bidirectional
    is_back = (torch.arange(len(start), device=ids.device) % net.directions == 1).view(-1, 1, 1)

    def lengths(piece: Tensor) -> Tensor:
        return torch.tensor([piece.shape[1]], device=piece.device)

    with torch.no_grad():
        entering = windows.entering_states(
            lambda piece, states: net(piece[0], lengths(piece[0]), states, summary, piece[1])[1],
            start,
            pieces,
            layers,
            bidirectional=bidirectional,
        )
    scores, last = summary, len(pieces) - 1
    for k, (piece, move) in enumerate(pieces):
        # Where a direction begins, its states are the start states themselves, which may be learned.
        begins = is_back if k == last else torch.zeros_like(is_back)
        begins = begins | ~is_back if k == 0 else begins
        states = torch.where(begins, start, entering[k])
        scores, leaving, summary = recomputed(net, (piece, lengths(piece)), states, summary, move)
        if k < last:
            windows.carry(leaving.detach(), entering[k + 1], layers, bidirectional=bidirectional)
    return scores
