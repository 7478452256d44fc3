"""A recurrent layer: one recurrence that reads ahead and, in a two-way model, one that reads back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from reread.kernel import Library
from reread.kernel.sweeps import Sweeps
from reread.nn.graph import Graph, Value
from reread.nn.recurrences import Recurrence
from reread.nn.token_vectors import TokenVectors
from reread.typing import override


class RecurrentLayer(nn.Module):
    """Concatenates the outputs of its directions: (batch, time, in_dim) to (batch, time, hidden x directions).

    The backward recurrence reads each text reversed within its own length, so padding stays on its right.
    """

    def __init__(self, ahead: Recurrence, back: Recurrence | None) -> None:
        super().__init__()
        self.ahead, self.back = ahead, back
        self.kernel: Sweeps | None = None
        self.out_dim = ahead.hidden + (back.hidden if back is not None else 0)

    def use_kernel(self, library: Library | None, precision: str) -> None:
        """Use a build of the kernel from now on, if it has the recurrence; None: torch."""
        sweeps = self.ahead.sweeps
        self.kernel = None if library is None or sweeps is None else sweeps(library, precision)

    def start(self) -> Tensor:
        """The states before reading, (directions, state_dim)."""
        return torch.stack([self.ahead.start()] + ([self.back.start()] if self.back is not None else []))

    @override
    def forward(self, words: TokenVectors, lengths: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
        """Map words (batch, time, in_dim) and states (directions, batch, state_dim) to outputs and the states after."""
        if self.kernel is not None and words.vectors.is_cpu:
            return self.ahead.sweep(self.back, self.kernel, words, lengths, states)
        inputs = words.spread()
        outputs, ahead = self.ahead(inputs, lengths, states[0])
        if self.back is None:
            return outputs, ahead.unsqueeze(0)
        index = reversal(inputs.shape[1], lengths)
        mirrored, back = self.back(reverse(inputs, index), lengths, states[1])
        return torch.cat([outputs, reverse(mirrored, index)], dim=-1), torch.stack([ahead, back])

    def export(self, graph: Graph, inputs: Value, lengths: Value, states: Sequence[Value]) -> tuple[Value, list[Value]]:
        """Add operators from inputs (batch, time, in_dim) and states (batch, state_dim) to outputs and states after."""
        outputs, ahead = self.ahead.export(graph, inputs, lengths, states[0])
        if self.back is None:
            return outputs, [ahead]

        def mirror(values: Value) -> Value:
            return graph.add("ReverseSequence", values, lengths, batch_axis=0, time_axis=1)

        mirrored, back = self.back.export(graph, mirror(inputs), lengths, states[1])
        return graph.concat([outputs, mirror(mirrored)], axis=2), [ahead, back]


def reversal(time: int, lengths: Tensor) -> Tensor:
    """For each text, the index that reverses its real positions and leaves padding in place, (batch, time)."""
    positions = torch.arange(time, device=lengths.device).unsqueeze(0)
    ends = lengths.unsqueeze(1)
    return torch.where(positions < ends, ends - 1 - positions, positions)


def reverse(values: Tensor, index: Tensor) -> Tensor:
    """Rearrange values (batch, time, dim) by index (batch, time)."""
    if not values.requires_grad:
        return _gather(values, index)
    reversed_values: Tensor = _Reverse.apply(values, index)  # type: ignore[no-untyped-call]  # torch types it so
    return reversed_values


def _gather(values: Tensor, index: Tensor) -> Tensor:
    return values.gather(1, index.unsqueeze(-1).expand(-1, -1, values.shape[-1]))


class _Reverse(torch.autograd.Function):
    """A reversal is its own inverse, so its gradient is another reversal: far cheaper than autograd's scatter."""

    @staticmethod
    @override
    def forward(ctx: Any, values: Tensor, index: Tensor) -> Tensor:
        ctx.save_for_backward(index)
        return _gather(values, index)

    @staticmethod
    @override
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        return _gather(grads[0], ctx.saved_tensors[0]), None
