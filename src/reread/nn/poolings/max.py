"""Max pooling: docs/sources.md, S1, equation 15."""

from __future__ import annotations

import torch
from torch import Tensor

from reread.nn.poolings import Pooling, poolings
from reread.nn.poolings.base import real
from reread.typing import override


@poolings.register("max")
class MaxPooling(Pooling):
    """The largest value of each component over the text."""

    @override
    def start(self) -> Tensor:
        return torch.full((self.in_dim,), -torch.inf)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        largest = states.masked_fill(~real(states, lengths), -torch.inf).max(dim=1).values
        return torch.maximum(summary, largest)
