"""The interface of recurrences."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Self, TypedDict

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from reread.errors import ExportError
from reread.kernel.sweeps import Sweeps
from reread.nn.graph import Graph, Value
from reread.nn.token_vectors import TokenVectors
from reread.typing import override

ROWS = 256  # rows of products in lower precision are a multiple of this
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class Options(TypedDict, total=False):
    """The options of a recurrence besides its sizes; see `Recurrence`."""

    recurrent_dropout: float
    weight_dropout: float
    learned_start: bool


class Recurrence(nn.Module):
    """One direction of one layer: vectors in reading order in, one output per position out.

    Args:
        in_dim: length of each input vector.
        hidden: number of units, which is the length of each output.
        recurrent_dropout: share of units hidden from the recurrent connection while training, the same at
            every step of a text (Gal and Ghahramani 2016). Above 0 the steps run one by one, which is slow.
        weight_dropout: share of recurrent weights set to zero while training, the same ones in all texts that are read
            together and at every step (Merity et al. 2018, section 2; DropConnect, Wan et al. 2013).
        learned_start: whether the state before the first step is a parameter, zero at first, that all texts share.

    Attributes:
        parts: vectors of ``hidden`` numbers that make up the state.
        state_dim: length of the state that is carried from step to step.
        sweeps: its implementation in the compiled kernel; None: torch only.
    """

    parts: ClassVar[int] = 1
    sweeps: ClassVar[type[Sweeps] | None] = None

    def __init__(
        self,
        in_dim: int,
        hidden: int,
        *,
        recurrent_dropout: float = 0.0,
        weight_dropout: float = 0.0,
        learned_start: bool = False,
    ) -> None:
        super().__init__()
        self.in_dim, self.hidden, self.state_dim = in_dim, hidden, self.parts * hidden
        self.recurrent_dropout, self.weight_dropout = recurrent_dropout, weight_dropout
        self.first = nn.Parameter(torch.zeros(self.state_dim)) if learned_start else None

    def start(self) -> Tensor:
        """The state before the first step, (state_dim,)."""
        return next(self.parameters()).new_zeros(self.state_dim) if self.first is None else self.first

    def hide_weights(self) -> None:
        """Draw the weights that ``weight_dropout`` hides from now on; nothing without recurrent weights."""

    @override
    @abstractmethod
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Map inputs (batch, time, in_dim), lengths (batch,) and state (batch, state_dim) to (batch, time, hidden).

        An output depends on its own position and earlier ones only, so padding on the right changes nothing
        before it. The second result is the state after the last step; it is meant for texts without padding.
        """

    @abstractmethod
    def export(self, graph: Graph, inputs: Value, lengths: Value, state: Value) -> tuple[Value, Value]:
        """Add the operators of `forward` to a graph, outside training. Outputs after a text's end are undefined.

        Raises:
            ExportError: the recurrence cannot be written as ONNX.
        """
        raise ExportError(f"recurrence {type(self).__name__} cannot be written as ONNX: it has no method export")

    def sweep(
        self, back: Self | None, kernel: Sweeps, words: TokenVectors, lengths: Tensor, states: Tensor
    ) -> tuple[Tensor, Tensor]:
        """A layer of this direction and the backward one, by the compiled kernel; shapes as in `RecurrentLayer`.

        Raises:
            NotImplementedError: ``sweeps`` is None.
        """
        raise NotImplementedError(f"the kernel sweeps no {type(self).__name__}")

    def recurrent_mask(self, state: Tensor) -> Tensor | None:
        """The recurrent connection's dropout mask at every step of a text, (batch, hidden); None outside training."""
        if not self.training or self.recurrent_dropout == 0:
            return None
        keep = 1 - self.recurrent_dropout
        return torch.bernoulli(state.new_full((state.shape[0], self.hidden), keep)) / keep


def product(vectors: Tensor, weights: Tensor, number: str) -> Tensor:
    """Vectors (distinct, in_dim) times weights (gates, in_dim), (distinct, gates); the factors rounded to a dtype."""
    kind, rows = DTYPES[number], len(vectors)
    if kind == vectors.dtype:
        return vectors @ weights.t()
    # oneDNN compiles and keeps code for each number of rows, up to gigabytes: so there are few such numbers.
    filled = pad(vectors.to(kind), (0, 0, 0, -rows % ROWS))
    return (filled @ weights.to(kind).t())[:rows].to(vectors.dtype)
