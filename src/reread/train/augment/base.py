"""What every augmentation promises, and what it may know of a run's words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.text.encoder import TextEncoder
from reread.text.vocabulary import Vocabulary
from reread.vectors.word_vectors import WordVectors

Tokens: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True)
class Words:
    """The words of a run.

    Attributes:
        encoder: text → ids.
        vectors: which the network starts from; None: it starts from random numbers.
    """

    encoder: TextEncoder
    vectors: WordVectors | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """The known tokens."""
        return self.encoder.vocabularies[0]


class Augmentation(ABC):
    """Changes a text of a training batch in a way that should not change its answer.

    Args:
        words: of the run.

    An augmentation's options are further keywords with type annotations; `build_augment` checks them.

    Attributes:
        needs_vectors: whether ``words.vectors`` must not be None.
    """

    needs_vectors: ClassVar[bool] = False

    def __init__(self, words: Words) -> None:
        self.words = words

    @abstractmethod
    def apply(self, tokens: Tokens, random: np.random.Generator) -> Tokens:
        """Map the ids of a text's tokens, (tokens,), to ids of the same vocabulary, at least one.

        Every draw comes from ``random``, so that a resumed run is the same run. The array that is given stays as it is.
        """
