"""Words that have a vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np

from reread.baseline.grams import grams
from reread.baseline.grams.keys import GramTable
from reread.baseline.grams.words import BITS, WordGrams
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.vocabulary import Vocabulary


@grams.register("known_words")
class KnownWords(WordGrams):
    """Words that are known from elsewhere, with a vector each; none of them must stand in a training text."""

    longest: ClassVar[int] = 1

    @classmethod
    def of(cls, words: Sequence[str], settings: TextSettings) -> Self:
        """These words, in their order, of texts that are cut into words by ``settings``."""
        ids = np.arange(1, len(words) + 1)
        return cls(TextEncoder(settings, [Vocabulary(words)]), GramTable(BITS, 1, (ids,)))
