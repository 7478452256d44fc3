"""Deliberately wrong components, never registered: the contract tests must catch them."""

from __future__ import annotations

import torch
from torch import Tensor

from reread.nn.poolings import Pooling
from reread.nn.recurrences.recurrent_context import RecurrentContext
from reread.nn.recurrences.rnn import RNN
from reread.typing import override


class LastColumn(Pooling):
    """Wrong: the last column of a padded batch is the padding of every shorter text."""

    @override
    def start(self) -> Tensor:
        return torch.zeros(self.in_dim)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        return states[:, -1]


class LastWindow(Pooling):
    """Wrong: the mean over the last window forgets those before."""

    @override
    def start(self) -> Tensor:
        return torch.zeros(self.in_dim)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        return states.mean(dim=1)


class Foresight(RNN):
    """Wrong: the output at a word is the state after the next one."""

    @override
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        outputs, final = super().forward(inputs, lengths, state)
        return torch.cat([outputs[:, 1:], outputs[:, -1:]], dim=1), final


class Forgetful(RecurrentContext):
    """Wrong: a window starts from the boundary, whatever was read before."""

    @override
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        return super().forward(inputs, lengths, self.start().expand(len(inputs), -1))
