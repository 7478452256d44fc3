"""What light recurrences share: gates that read the word alone, so that the steps are only elementwise."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self, Unpack, cast

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.functional import linear, pad

from reread.errors import ConfigError, ExportError
from reread.kernel.light import Light
from reread.kernel.sweeps import Sweeps
from reread.nn.graph import Graph, Value
from reread.nn.recurrences import light_kernel, onnx_operators
from reread.nn.recurrences.base import Options, Recurrence, product
from reread.nn.recurrences.light_kernel import Gates
from reread.nn.token_vectors import TokenVectors
from reread.typing import override


class LightRecurrence(Recurrence):
    """A running average of what words propose; each word alone decides how much of the average it replaces.

    The state is the cell. It reaches the next step through the average alone: there are no recurrent weights for
    ``recurrent_dropout`` and ``weight_dropout`` to act on, and the average itself must stay whole.

    Attributes:
        gates: linear functions of a word that are gates; they have biases and come first in ``weight``.
        others: linear functions that are not gates.

    Raises:
        ConfigError: ``recurrent_dropout`` or ``weight_dropout`` is above 0.
    """

    sweeps = Light
    gates: ClassVar[int]
    others: ClassVar[int]

    def __init__(self, in_dim: int, hidden: int, **options: Unpack[Options]) -> None:
        super().__init__(in_dim, hidden, **options)
        for name in ("recurrent_dropout", "weight_dropout"):
            if getattr(self, name) > 0:
                raise ConfigError(
                    f"{name} = {getattr(self, name)}: this recurrence has no recurrent weights;"
                    " set it to 0, and use input_dropout to hide inputs"
                )
        self.weight = nn.Parameter(torch.empty((self.gates + self.others) * hidden, in_dim))
        self.bias = nn.Parameter(torch.zeros(self.gates * hidden))
        bound = (3 / in_dim) ** 0.5  # a candidate varies as its inputs do (Lei et al. 2018, section 3.2)
        nn.init.uniform_(self.weight, -bound, bound)

    @abstractmethod
    def gated(self, projected: Tensor) -> Gates[Tensor]:
        """The words' gates, from their products with the weights plus biases, (..., (gates + others) hidden)."""

    @override
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        gates = self.gated(linear(inputs, self.weight, self.biases()))
        cells = average(gates.keep, gates.candidate, state)
        last = cells[:, -1]
        if gates.show is None or gates.beside is None:
            return cells, last
        return torch.lerp(gates.beside, cells, gates.show), last

    @abstractmethod
    def export_gated(self, graph: Graph, projected: Sequence[Value]) -> Gates[Value]:
        """Add the operators of `gated` to a graph; the products of each function are separate, (..., hidden).

        Raises:
            ExportError: the recurrence cannot be written as ONNX.
        """
        raise ExportError(f"recurrence {type(self).__name__} cannot be written as ONNX: it has no method export_gated")

    @override
    def export(self, graph: Graph, inputs: Value, lengths: Value, state: Value) -> tuple[Value, Value]:
        projected = graph.linear(inputs, self.weight, self.biases())
        parts = graph.split(projected, [self.hidden] * (self.gates + self.others), axis=2)
        gates = self.export_gated(graph, parts)
        cells, last = onnx_operators.average(graph, gates.keep, gates.candidate, (lengths, state), hidden=self.hidden)
        if gates.show is None or gates.beside is None:
            return cells, last
        shown = graph.add("Mul", gates.show, graph.add("Sub", cells, gates.beside))
        return graph.add("Add", gates.beside, shown), last

    @override
    def sweep(
        self, back: Self | None, kernel: Sweeps, words: TokenVectors, lengths: Tensor, states: Tensor
    ) -> tuple[Tensor, Tensor]:
        vectors, index = words.distinct()
        directions = [self] if back is None else [self, back]
        gates = [each.gated(product(vectors, each.weight, kernel.precision) + each.biases()) for each in directions]
        return light_kernel.sweep(cast("Light", kernel), index, lengths, states.contiguous(), gates)

    def biases(self) -> Tensor:
        """One bias for each row of ``weight``; 0 if it is not a gate's."""
        return pad(self.bias, (0, self.others * self.hidden))


def average(keep: Tensor, candidate: Tensor, first: Tensor) -> Tensor:
    """The cells (batch, time, hidden) from ``keep`` and ``candidate``, and the first cell (batch, hidden)."""
    cells: Tensor = _Average.apply(keep, candidate, first)  # type: ignore[no-untyped-call]  # torch types it so
    return cells


class _Average(torch.autograd.Function):
    """Keeps only its arguments and result: autograd would keep several tensors per step."""

    @staticmethod
    @override
    def forward(ctx: Any, keep: Tensor, candidate: Tensor, first: Tensor) -> Tensor:
        cells, cell = torch.empty_like(candidate, memory_format=torch.contiguous_format), first
        for t in range(cells.shape[1]):
            cell = torch.lerp(candidate[:, t], cell, keep[:, t], out=cells[:, t])
        ctx.save_for_backward(keep, candidate, first, cells)
        return cells

    @staticmethod
    @override
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, ...]:
        keep, candidate, first, cells = ctx.saved_tensors
        d_cells = grads[0].clone(memory_format=torch.contiguous_format)
        for t in range(d_cells.shape[1] - 1, 0, -1):
            d_cells[:, t - 1].addcmul_(d_cells[:, t], keep[:, t])
        kept = d_cells * keep
        before = torch.cat([first.unsqueeze(1), cells[:, :-1]], dim=1)
        return d_cells * (before - candidate), d_cells - kept, kept[:, 0]
