"""Mean pooling."""

from __future__ import annotations

import torch
from torch import Tensor

from reread.nn.poolings import Pooling, poolings
from reread.nn.words import real
from reread.typing import override


@poolings.register("mean")
class MeanPooling(Pooling):
    """The average state over the real tokens of a text. The summary is the sum, then the count."""

    def __init__(self, in_dim: int, backward: slice) -> None:
        super().__init__(in_dim, backward)
        self.summary_dim = in_dim + 1

    @override
    def start(self) -> Tensor:
        return torch.zeros(self.summary_dim)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        total = states.masked_fill(~real(states, lengths), 0).sum(dim=1)
        return summary + torch.cat([total, lengths.unsqueeze(1).to(total)], dim=1)

    @override
    def finish(self, summary: Tensor) -> Tensor:
        return summary[:, :-1] / summary[:, -1:].clamp(min=1)
