"""What every recurrence promises."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Self

import torch
from torch import Tensor, nn

from reread.kernel.sweeps import Sweeps
from reread.nn.words import Words
from reread.typing import override

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class Recurrence(nn.Module):
    """One direction of one layer: vectors in reading order in, one output a position out.

    Args:
        in_dim: length of each input vector.
        hidden: number of units, which is the length of each output.
        recurrent_dropout: share of units hidden from the recurrent connection while training, the same ones at
            every step of a text (Gal and Ghahramani 2016). Above 0 the steps run one by one, which is slow.

    Attributes:
        state_dim: length of the state that is carried from step to step.
        sweeps: the compiled kernel's part of it; None: torch alone does it.
    """

    state_dim: int
    sweeps: ClassVar[type[Sweeps] | None] = None

    def __init__(self, in_dim: int, hidden: int, *, recurrent_dropout: float = 0.0) -> None:
        super().__init__()
        self.in_dim, self.hidden = in_dim, hidden
        self.recurrent_dropout = recurrent_dropout

    def start(self) -> Tensor:
        """The state before the first step, (state_dim,)."""
        return next(self.parameters()).new_zeros(self.state_dim)

    @override
    @abstractmethod
    def forward(self, inputs: Tensor, lengths: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Map inputs (batch, time, in_dim), lengths (batch,) and state (batch, state_dim) to outputs (batch, time, hidden).

        An output depends on its own position and earlier ones only, so padding on the right changes nothing
        before it. The second result is the state after the last step; it is meant for texts without padding.
        """

    def sweep(
        self, back: Self | None, kernel: Sweeps, words: Words, lengths: Tensor, states: Tensor
    ) -> tuple[Tensor, Tensor]:
        """A layer of this direction and the one that reads back, by the compiled kernel; shapes as of a RecurrentLayer.

        Raises:
            NotImplementedError: ``sweeps`` is None.
        """
        raise NotImplementedError(f"the kernel sweeps no {type(self).__name__}")

    def recurrent_mask(self, state: Tensor) -> Tensor | None:
        """What multiplies the recurrent connection at every step of a text, (batch, hidden); None outside training."""
        if not self.training or self.recurrent_dropout == 0:
            return None
        keep = 1 - self.recurrent_dropout
        return torch.bernoulli(state.new_full((state.shape[0], self.hidden), keep)) / keep


def initialise(recurrent: nn.RNNBase) -> None:
    """Glorot weights from the input, an orthogonal block for each gate's recurrence, zero biases."""
    for name, parameter in recurrent.named_parameters():
        if "weight_ih" in name:
            nn.init.xavier_uniform_(parameter)
        elif "weight_hh" in name:
            for block in parameter.data.split(recurrent.hidden_size):
                nn.init.orthogonal_(block)
        else:
            nn.init.zeros_(parameter)


def weights_of(cell: nn.RNNBase) -> dict[str, Tensor]:
    """The one layer's parameters by name; zero biases where the cell has none."""
    parameters = {name.removesuffix("_l0"): parameter for name, parameter in cell.named_parameters()}
    zeros = parameters["weight_ih"].new_zeros(len(parameters["weight_ih"]))
    return {"bias_ih": zeros, "bias_hh": zeros, **parameters}


def product(vectors: Tensor, weights: Tensor, number: str) -> Tensor:
    """Vectors (distinct, in_dim) times weights (gates, in_dim), (distinct, gates); the factors rounded to a kind of number."""
    kind = DTYPES[number]
    return (vectors.to(kind) @ weights.to(kind).t()).to(vectors.dtype)
