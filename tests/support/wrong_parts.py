"""Deliberately wrong components, never registered: the contract tests must catch them."""

from __future__ import annotations

from typing import Unpack

import torch
from torch import Tensor, nn

from reread.nn.graph import Graph, Value
from reread.nn.poolings import Pooling
from reread.nn.recurrences import Recurrence
from reread.nn.recurrences.base import Options
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

    @override
    def export_add(self, graph: Graph, summary: Value, states: Value, lengths: Value) -> Value:
        return graph.take(states, -1, axis=1)


class LastWindow(Pooling):
    """Wrong: the mean over the last window forgets those before."""

    @override
    def start(self) -> Tensor:
        return torch.zeros(self.in_dim)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        return states.mean(dim=1)

    @override
    def export_add(self, graph: Graph, summary: Value, states: Value, lengths: Value) -> Value:
        return graph.add("ReduceMean", states, [1], keepdims=0)


class SilentPooling(Pooling):
    """Wrong: it does not say how it is written as ONNX."""

    @override
    def start(self) -> Tensor:
        return torch.zeros(self.in_dim)

    @override
    def add(self, summary: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
        return summary + states[:, 0]


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


class SilentRecurrence(Recurrence):
    """Wrong: it does not say how it is written as ONNX."""

    def __init__(self, in_dim: int, hidden: int, **options: Unpack[Options]) -> None:
        super().__init__(in_dim, hidden, **options)
        self.weight = nn.Parameter(torch.ones(hidden, in_dim))

    @override
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        states = state.unsqueeze(1) + torch.cumsum(inputs @ self.weight.t(), dim=1)
        return states, states[:, -1]
