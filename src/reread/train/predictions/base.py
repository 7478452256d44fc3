"""What every prediction promises, and where the words that a state predicts stand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reread.errors import ConfigError
from reread.nn.language_model import LanguageModel


@dataclass(frozen=True)
class Predicted:
    """Words that states predict; those of the forward direction first.

    Attributes:
        vectors: where each state points, (states, dim).
        words: ids of what each predicts, (states, words).
        scores: the products of each vector with the words' own vectors, (states, words).
        weights: how much each counts; 0: the text ends before it, (states, words).
        rows: the text of each state, (states,).
    """

    vectors: Tensor
    words: Tensor
    scores: Tensor
    weights: Tensor
    rows: Tensor


class Prediction(ABC):
    """The words that a state predicts: those that the direction reads next, as many as there are up to a number.

    Args:
        counts: how often each word of the vocabulary occurs, (vocabulary,).
        words: how many a state predicts; None: the default.

    Attributes:
        what: what a state predicts, as messages say it.
        default: how many words a state predicts if nobody says it.
        least: how many it must predict at least.
        most: how many it may predict at most; None: any number.
        words: how many it predicts.
        worth: how much a word counts among those predicted, from 0 to 1, (vocabulary,).
        counts: the counts by these, (vocabulary,): how the words that are predicted are distributed.

    Raises:
        ConfigError: it does not predict so many words.
    """

    what: ClassVar[str]
    default: ClassVar[int]
    least: ClassVar[int] = 1
    most: ClassVar[int | None] = None

    def __init__(self, counts: NDArray[np.int64], words: int | None = None) -> None:
        self.check(words)
        self.words = self.default if words is None else words
        worth = self.worth_of(counts)
        self.worth = torch.from_numpy(worth.astype(np.float32))
        self.counts: NDArray[np.float64] = counts * worth

    @classmethod
    def check(cls, words: int | None) -> None:
        """Refuse a number of words that is not predicted.

        Raises:
            ConfigError: it is such a number.
        """
        if words is not None and not cls.least <= words <= (words if cls.most is None else cls.most):
            only = f"at least {cls.least}" if cls.most is None else f"{cls.most} only; leave it out, or predict a bag"
            raise ConfigError(f"bag_size = {words}: expected {only}")

    @abstractmethod
    def worth_of(self, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """How much each word counts among those predicted, from 0 to 1, (vocabulary,)."""

    @abstractmethod
    def scores(self, vectors: Tensor, words: Tensor, places: Tensor) -> Tensor:
        """The product of each state's vector with those of the words at some places of its text.

        Args:
            vectors: where each state points, (batch, time, dim).
            words: the words' own vectors, (batch, time, dim).
            places: (batch, time, words), from 0 to time - 1.

        Returns:
            (batch, time, words).
        """

    def read(self, model: LanguageModel, ids: Tensor, lengths: Tensor) -> Predicted:
        """What the states of a batch predict.

        Args:
            model: the language model.
            ids: (batch, time, features), right-padded; of a token's features the first one is predicted.
            lengths: real tokens of each text, (batch,).
        """
        texts, own = ids[:, :, 0], model.word_vectors(ids[:, :, 0])
        directions = zip(model.vectors(ids, lengths), (1, -1), strict=False)
        found = [self._read(vectors, towards, texts, own, lengths) for vectors, towards in directions]
        return Predicted(*(torch.cat(parts) for parts in zip(*found, strict=True)))

    def _read(
        self, vectors: Tensor, towards: int, texts: Tensor, own: Tensor, lengths: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """The fields of `Predicted` for one direction, which reads ``towards`` later (1) or earlier (-1) words."""
        batch, time = texts.shape
        at = torch.arange(time, device=texts.device)
        reach = torch.arange(1, min(self.words, max(time - 1, 1)) + 1, device=texts.device)
        places = at.unsqueeze(1) + towards * reach
        ends = lengths.view(-1, 1, 1)
        there = (places >= 0) & (places < ends) & (at.unsqueeze(1) < ends)
        places = places.clamp(0, time - 1).expand(batch, -1, -1)
        states = there[:, :, 0]
        words = texts.unsqueeze(1).expand(-1, time, -1).gather(2, places)[states]
        weights = self.worth.to(vectors.device)[words] * there[states]
        return vectors[states], words, self.scores(vectors, own, places)[states], weights, states.nonzero()[:, 0]
