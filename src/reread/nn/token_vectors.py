"""Vectors at the positions of texts: word vectors, and the outputs of the layers."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from reread.nn.graph import Graph, Value


@dataclass(frozen=True)
class TokenVectors:
    """The vectors of a batch of texts.

    A word at many positions has one vector, so that operations on vectors are done once per distinct word.

    Attributes:
        vectors: (distinct, dim); without an index, one for each position, (batch, time, dim).
        index: the vector at each position, (batch, time).
    """

    vectors: Tensor
    index: Tensor | None = None

    def spread(self) -> Tensor:
        """The vector at each position, (batch, time, dim)."""
        return self.vectors if self.index is None else self.vectors[self.index]

    def distinct(self) -> tuple[Tensor, Tensor]:
        """The vectors (distinct, dim) and their index (batch, time)."""
        if self.index is not None:
            return self.vectors, self.index
        batch, time = self.vectors.shape[:2]
        return self.vectors.flatten(0, 1), torch.arange(batch * time, device=self.vectors.device).view(batch, time)

    def at_every_position(self, dropout: nn.Dropout) -> TokenVectors:
        """The words with different components dropped at every position; unchanged outside training."""
        return TokenVectors(dropout(self.spread())) if dropout.training and dropout.p > 0 else self

    def perturbed(self, perturbation: Tensor, lengths: Tensor) -> TokenVectors:
        """A vector per position, plus the perturbation (batch, time, dim) times the size of the text's vectors.

        Their size is the root mean square of their components at the real positions, ``lengths`` (batch,) of them. It
        replaces the normalised vectors of Miyato et al. 2017, section 2: a network cannot make a perturbation small by
        making its vectors large, and a length means the same for all vectors.
        """
        vectors = self.spread()
        squares = vectors.detach().square().mean(dim=2, keepdim=True) * real(vectors, lengths)
        size = (squares.sum(dim=1, keepdim=True) / lengths.view(-1, 1, 1)).sqrt()
        return TokenVectors(vectors + size * perturbation)


@dataclass(frozen=True)
class Reading:
    """The layers' outputs at each position.

    Attributes:
        outputs: of the last recurrent layer, (batch, time, dim).
        words: the words concatenated to them (docs/sources.md, S1, equation 13); None: not concatenated.
    """

    outputs: Tensor
    words: TokenVectors | None = None

    def joined(self) -> Tensor:
        """Outputs and words as one tensor, (batch, time, dim of both)."""
        return self.outputs if self.words is None else torch.cat([self.outputs, self.words.spread()], dim=-1)


def real(states: Tensor, lengths: Tensor) -> Tensor:
    """Which positions hold a token: (batch, time, 1), true before each text's length."""
    positions = torch.arange(states.shape[1], device=states.device)
    return (positions < lengths.unsqueeze(1)).unsqueeze(-1)


def export_real(graph: Graph, states: Value, lengths: Value) -> Value:
    """Add the operators of `real`."""
    time = graph.add("Squeeze", graph.add("Shape", states, start=1, end=2))
    positions = graph.add("Range", 0, time, 1)
    return graph.add("Unsqueeze", graph.add("Less", positions, graph.add("Unsqueeze", lengths, [1])), [2])
