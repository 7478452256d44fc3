"""What every kind of n-grams promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from reread.baseline.sparse import SparseRows
from reread.text.segmenters.base import Span


class Occurrences(NamedTuple):
    """Where the n-grams of one text stand.

    Attributes:
        columns: which n-gram, (occurrences,).
        starts: its first character's place in the text, (occurrences,).
        ends: the place after its last character, (occurrences,).
    """

    columns: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


class Grams(ABC):
    """N-grams of one kind: those that stood in enough of the texts it was learned from, one column each."""

    @classmethod
    @abstractmethod
    def learn(cls, texts: Sequence[str], language: str, least: int) -> Self:
        """Those that may stand in ``least`` texts; `kept` leaves out the others."""

    @abstractmethod
    def __len__(self) -> int:
        """How many there are."""

    @abstractmethod
    def counts(self, texts: Sequence[str]) -> SparseRows:
        """How often each stands in each text, (texts, n-grams)."""

    @abstractmethod
    def occurrences(self, text: str) -> Occurrences:
        """Where each stands in one text."""

    @abstractmethod
    def spans(self, text: str) -> list[Span]:
        """The places of the pieces that n-grams are made of."""

    @abstractmethod
    def sample(self, random: np.random.Generator, count: int) -> list[str]:
        """Pieces of text at random in which known n-grams stand."""

    @abstractmethod
    def kept(self, columns: NDArray[np.int64]) -> Self:
        """These alone, which must be in order."""

    @abstractmethod
    def description(self) -> dict[str, Any]:
        """What `from_parts` needs beside the arrays, as JSON can write it."""

    @abstractmethod
    def arrays(self) -> dict[str, NDArray[np.int64]]:
        """The n-grams themselves."""

    @classmethod
    @abstractmethod
    def from_parts(cls, description: Mapping[str, Any], arrays: Mapping[str, NDArray[np.int64]]) -> Self:
        """What `description` and `arrays` described.

        Raises:
            ConfigError: an entry is missing or has the wrong form.
        """
