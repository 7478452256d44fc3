"""The interface of every method of explaining."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.scoring.explained import Explained
from reread.scoring.scorer import Scorer
from reread.tasks.aims import Aim

Floats: TypeAlias = NDArray[np.float64]
Pieces = Sequence[tuple[int, int]]
"""The places of pieces of a text: start and end of each, in characters."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A text, and the number of a model's answer to explain.

    Attributes:
        text: the text.
        tokens: the places of the tokens that the network reads.
        pieces: the places of the pieces that get weights; each token begins in one of them, or in none.
        aim: the number that is explained.
        network: the network that reads the text, for methods that inspect it.
        model: what answers: the network, or a stack with it.
    """

    text: str
    tokens: Pieces
    pieces: Pieces
    aim: Aim
    network: Scorer | None
    model: Explained

    @property
    def reader(self) -> Scorer:
        """The network.

        Raises:
            ConfigError: the model has none.
        """
        return self.model.network() if self.network is None else self.network

    def by_piece(self, weights: Floats) -> Floats:
        """The sums of the tokens' weights, (tokens,), over each piece, (pieces,)."""
        starts = [start for start, _ in self.pieces]
        owners = np.searchsorted(starts, [start for start, _ in self.tokens], side="right") - 1
        return np.bincount(owners.clip(0), weights, len(self.pieces)).astype(np.float64)


class Method(ABC):
    """Finds out what each piece of a text adds to an answer.

    Attributes:
        account: what its weights are, in one sentence.
        adds_up: whether the weights and the rest are the answer's value.
        of_network: whether it inspects the network: for a stack, it then explains that part alone.
        of_linear: whether it inspects the linear member: for a stack, it then explains that part alone.
        own_unit: of the weights, if it is not that of the value; they then count neither for nor against the answer.
        wording: the method in a sentence, after "by"; None: its name says it.
    """

    account: ClassVar[str]
    adds_up: ClassVar[bool]
    of_network: ClassVar[bool] = True
    of_linear: ClassVar[bool] = False
    own_unit: ClassVar[str | None] = None
    wording: ClassVar[str | None] = None

    @abstractmethod
    def weights(self, question: Question) -> Floats:
        """What each piece adds, (pieces,).

        Raises:
            ConfigError: the method does not support this network.
            MissingExtraError: a library that it needs is not installed.
        """
