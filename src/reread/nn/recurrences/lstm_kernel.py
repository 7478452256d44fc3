"""LSTM sweeps by the compiled kernel, as an operation that torch can differentiate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from reread.kernel.lstm import BY_ROW, Lstm
from reread.kernel.sweeps import Texts
from reread.nn.recurrences.base import DTYPES
from reread.nn.recurrences.kernel_calls import array, side_by_side, texts_of
from reread.typing import override

TENSORS = ("inputs", "weights", "state", "cell", "mask")  # of a direction


@dataclass(frozen=True, kw_only=True)
class Direction:
    """The arguments of one direction of a layer; units and gates in the kernel's layout.

    Attributes:
        inputs: the distinct words' products with the input weights, biases added, (distinct, 4 hidden).
        weights: from the state, (4 hidden, hidden).
        state: before reading, (batch, hidden).
        cell: before reading, (batch, hidden).
        mask: multiplies a state before the next step, (batch, hidden); None: no mask.
        reverse: read from the end.
    """

    inputs: Tensor
    weights: Tensor
    state: Tensor
    cell: Tensor
    mask: Tensor | None
    reverse: bool


def sweep(
    kernel: Lstm, index: Tensor, lengths: Tensor, directions: Sequence[Direction]
) -> tuple[Tensor, list[tuple[Tensor, Tensor]]]:
    """The states (batch, time, hidden x directions), 0 after a text's end, and each direction's last state and cell.

    The last states and cells are (batch, hidden).

    Args:
        kernel: the compiled sweeps.
        index: the row of ``inputs`` that each position reads, (batch, time).
        lengths: of the texts, (batch,).
        directions: one or two; they run in parallel if torch has enough threads.
    """
    texts = texts_of(index, lengths)
    tensors = [getattr(each, name) for each in directions for name in TENSORS]
    by_direction = [replace(texts, reverse=each.reverse) for each in directions]
    states, *last = _Sweep.apply(kernel, by_direction, *tensors)  # type: ignore[no-untyped-call]  # torch types it so
    return states, list(zip(last[::2], last[1::2], strict=True))


class _Sweep(torch.autograd.Function):
    """All directions of a layer; each writes separate columns or arrays, so that they can run in parallel."""

    @staticmethod
    @override
    def forward(ctx: Any, kernel: Lstm, texts: Sequence[Texts], *tensors: Tensor | None) -> tuple[Tensor, ...]:
        learns = any(ctx.needs_input_grad)
        directions = []
        for k, each in enumerate(texts):
            direction_tensors = dict(zip(TENSORS, tensors[k * len(TENSORS) :], strict=False))
            directions.append(Direction(**cast("dict[str, Any]", direction_tensors), reverse=each.reverse))
        (batch, time), hidden = texts[0].index.shape, directions[0].weights.shape[1]
        states = torch.empty(batch, time + 2, len(directions) * hidden)
        runs = [
            _Run(kernel, each, direction, columns, keep_gates=learns)
            for each, direction, columns in zip(texts, directions, states.split(hidden, dim=2), strict=True)
        ]
        side_by_side([job for run in runs for job in run.forward_jobs()])
        if learns:
            ctx.runs = runs
        return states[:, 1:-1], *(tensor for run in runs for tensor in run.last())

    @staticmethod
    @override
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Any, ...]:
        runs: list[_Run] = ctx.runs
        if not runs:
            raise RuntimeError("a sweep of the kernel goes backward once, and writes over what it has read")
        d_states, *d_last = grads
        from_above = zip(d_states.contiguous().chunk(len(runs), dim=2), d_last[::2], d_last[1::2], strict=True)
        side_by_side([job for run, given in zip(runs, from_above, strict=True) for job in run.backward_jobs(*given)])
        gradients = [grad for run in runs for grad in run.gradients()]
        runs.clear()
        return None, None, *gradients


class _Run:
    """One direction: its arrays, from the forward sweep to the gradients."""

    def __init__(self, kernel: Lstm, texts: Texts, direction: Direction, states: Tensor, *, keep_gates: bool) -> None:
        self.kernel, self.texts, self.states = kernel, texts, states
        self.inputs, self.weights = direction.inputs.contiguous(), direction.weights.contiguous()
        self.mask = None if direction.mask is None else direction.mask.contiguous()
        batch, positions, hidden = states.shape
        self.cells = torch.empty(states.shape)
        dtype = DTYPES[kernel.precision]
        apart = self.mask is not None or dtype != torch.float32
        self.fed = torch.empty(states.shape, dtype=dtype) if apart else states
        self.gates = torch.empty(batch, positions, 4 * hidden, dtype=dtype) if keep_gates else None
        rows, lengths = torch.arange(batch), torch.from_numpy(texts.lengths).long()
        start = lengths + 1 if texts.reverse else torch.zeros_like(lengths)
        self.end = rows, torch.ones_like(lengths) if texts.reverse else lengths
        self.states[rows, start], self.cells[rows, start] = direction.state, direction.cell
        masked = direction.state if self.mask is None else direction.state * self.mask
        self.fed[rows, start] = masked.to(dtype)

    def forward_jobs(self) -> list[Callable[[], None]]:
        """The forward sweep, in parts that can run in parallel."""
        arrays = self._arrays(self.kernel.pack(array(self.weights)))
        return [partial(self.kernel.forward, part, **arrays) for part in _parts(self.texts)]

    def last(self) -> tuple[Tensor, Tensor]:
        """The last states and the last cells."""
        return self.states[self.end], self.cells[self.end]

    def backward_jobs(self, d_states: Tensor, d_state: Tensor, d_cell: Tensor) -> list[Callable[[], None]]:
        """The backward sweep, in parts that can run in parallel."""
        self.d_states = d_states
        self.d_state, self.d_cell = (each.clone(memory_format=torch.contiguous_format) for each in (d_state, d_cell))
        arrays = self._arrays(self.kernel.pack(array(self.weights), backward=True))
        return [partial(self.kernel.backward, part, **arrays) for part in _parts(self.texts)]

    def gradients(self) -> tuple[Tensor, Tensor, Tensor, Tensor, None]:
        """The gradients of inputs, weights, the first state and the first cell; the mask has none."""
        d_gates, fed = cast("Tensor", self.gates).flatten(0, 1), self.fed.flatten(0, 1)
        before, after = (slice(1, None), slice(None, -1)) if self.texts.reverse else (slice(None, -1), slice(1, None))
        d_weights = (fed[before].t() @ d_gates[after]).t()  # the transposed product is slower
        rows = np.full(self.states.shape[:2], -1, dtype=np.int32)
        rows[:, 1:-1] = self.texts.index
        d_inputs = torch.zeros_like(self.inputs)
        self.kernel.add_rows(rows, array(self.gates), array(d_inputs))
        return d_inputs, d_weights.float(), self.d_state, self.d_cell, None

    def _arrays(self, packed: Any) -> dict[str, Any]:
        names = ("inputs", "mask", "cells", "gates", "d_state", "d_cell")
        arrays = {name: array(getattr(self, name, None)) for name in names} | {"weights": packed}
        by_row = {name: getattr(self, name, None) for name in BY_ROW}
        return arrays | {
            name: None if rows is None else array(rows.view(-1, rows.shape[-1])) for name, rows in by_row.items()
        }


def _parts(texts: Texts) -> list[Texts]:
    """The texts in as many parts as a direction has threads, each with long and short texts."""
    parts = max(1, min(torch.get_num_threads() // 2, len(texts.order)))
    return [replace(texts, order=np.ascontiguousarray(texts.order[k::parts])) for k in range(parts)]
