"""Sweeps of light recurrences by the compiled kernel, as an operation that torch can differentiate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from reread.kernel.light import Light
from reread.kernel.sweeps import Texts
from reread.nn.recurrences.kernel_calls import array, side_by_side, texts_of
from reread.typing import override

T = TypeVar("T")  # tensors, or the values of a graph

LINE = 16  # floats of a cache line, which threads must not share


class Gates(NamedTuple, Generic[T]):
    """The words' gates, each (..., hidden).

    cell = keep * cell + (1 - keep) * candidate, output = show * cell + (1 - show) * beside.

    Without ``show`` and ``beside`` the cell is the output.
    """

    keep: T
    candidate: T
    show: T | None = None
    beside: T | None = None


SHOW = Gates._fields.index("show")


def sweep(
    kernel: Light, index: Tensor, lengths: Tensor, first: Tensor, directions: Sequence[Gates[Tensor]]
) -> tuple[Tensor, Tensor]:
    """The outputs (batch, time, hidden x directions), 0 after a text's end, and the last cells.

    Args:
        kernel: the compiled sweeps.
        index: the row of the gates that each position reads, (batch, time).
        lengths: of the texts, (batch,).
        first: the cells before reading, (directions, batch, hidden).
        directions: of the distinct words, (distinct, hidden) each; the first reads forward, the second backward.
    """
    texts = texts_of(index, lengths)
    tensors = [tensor for gates in directions for tensor in gates]
    outputs, last = _Sweep.apply(kernel, texts, first, *tensors)  # type: ignore[no-untyped-call]  # torch types it so
    return outputs, last


class _Sweep(torch.autograd.Function):
    """Both directions of a layer; each writes separate columns, so that they can run in parallel."""

    @staticmethod
    @override
    def forward(ctx: Any, kernel: Light, texts: Texts, first: Tensor, *tensors: Tensor | None) -> tuple[Tensor, Tensor]:
        ctx.kernel, ctx.texts = kernel, texts
        outputs = first.new_empty(*texts.index.shape, len(first) * first.shape[2])
        cells = outputs if tensors[SHOW] is None else torch.empty_like(outputs)
        last = torch.empty_like(first, memory_format=torch.contiguous_format)
        ctx.save_for_backward(first, cells, *tensors)
        by_text, by_position = {"first": first, "last": last}, {"cells": cells, "outputs": outputs}
        side_by_side(_jobs(kernel.forward, texts, by_text, by_position, _by_word(tensors)))
        return outputs, last

    @staticmethod
    @override
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        first, cells, *tensors = ctx.saved_tensors
        d_cell = grads[1].clone(memory_format=torch.contiguous_format)
        d_tensors = [None if tensor is None else torch.zeros(tensor.shape) for tensor in tensors]
        by_text, by_position = {"first": first, "d_cell": d_cell}, {"cells": cells, "d_outputs": grads[0].contiguous()}
        by_word = _by_word(tensors) | _by_word(d_tensors, "d_")
        side_by_side(_jobs(ctx.kernel.backward, ctx.texts, by_text, by_position, by_word))
        return None, None, d_cell, *d_tensors


def _by_word(tensors: Sequence[Tensor | None], prefix: str = "") -> dict[str, Sequence[Tensor | None]]:
    """The gates of each direction, by their names."""
    names = Gates._fields
    return {prefix + name: tensors[k :: len(names)] for k, name in enumerate(names)}


def _jobs(
    call: Callable[..., None],
    texts: Texts,
    by_text: dict[str, Tensor],
    by_position: dict[str, Tensor],
    by_word: dict[str, Sequence[Tensor | None]],
) -> list[Callable[[], None]]:
    """A sweep's calls: for each direction, as many ranges of units as it has threads."""
    directions, _, hidden = by_text["first"].shape
    size = LINE * max(1, -(-hidden // (LINE * max(1, torch.get_num_threads() // directions))))
    jobs: list[Callable[[], None]] = []
    for k in range(directions):
        columns = slice(k * hidden, (k + 1) * hidden)
        arrays = {name: array(tensors[k]) for name, tensors in (by_text | by_word).items()}
        arrays |= {name: array(tensor.flatten(0, 1)[:, columns]) for name, tensor in by_position.items()}
        units = (range(begin, min(begin + size, hidden)) for begin in range(0, hidden, size))
        jobs += [partial(call, replace(texts, reverse=k == 1), part, **arrays) for part in units]
    return jobs
