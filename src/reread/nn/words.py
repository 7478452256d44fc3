"""What stands at each position of a text: a word's vector, and what the layers made of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Words:
    """The vectors of a batch of texts.

    A word that stands at many positions has one vector, so that what is done to the vectors is done once for each distinct word.

    Attributes:
        vectors: (distinct, dim); without an index one for each position, (batch, time, dim).
        index: which vector stands at each position, (batch, time).
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

    def at_every_position(self, dropout: nn.Dropout) -> Words:
        """The words with other components dropped at every position; outside training they stay as they are."""
        return Words(dropout(self.spread())) if dropout.training and dropout.p > 0 else self


@dataclass(frozen=True)
class Reading:
    """What the layers say of each position.

    Attributes:
        outputs: of the last recurrent layer, (batch, time, dim).
        words: the words that stand beside them (docs/sources.md, S1, equation 13); None: they do not.
    """

    outputs: Tensor
    words: Words | None = None

    def joined(self) -> Tensor:
        """Outputs and words as one tensor, (batch, time, dim of both)."""
        return self.outputs if self.words is None else torch.cat([self.outputs, self.words.spread()], dim=-1)
