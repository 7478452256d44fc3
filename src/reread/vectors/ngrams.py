"""Vectors of unknown words, from their characters' n-grams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.vectors.gensim_models import gensim_module


@dataclass(frozen=True, eq=False)
class NGrams:
    """A vector for each bucket of hashed n-grams; a word's is the mean over its n-grams (Bojanowski et al. 2017, 3.2).

    Attributes:
        matrix: (buckets, dim).
        shortest: characters of the shortest n-grams, with the marks ``<`` and ``>`` around the word.
        longest: of the longest ones.
    """

    matrix: NDArray[np.float32]
    shortest: int
    longest: int

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Buckets, dim, shortest, longest."""
        return (*self.matrix.shape, self.shortest, self.longest)

    def vector(self, word: str) -> NDArray[np.float32] | None:
        """The vector of a word, (dim,); None if it is too short for an n-gram.

        Raises:
            MissingExtraError: gensim, which hashes as it trained, is not installed.
        """
        hashes = gensim_module("models.fasttext").ft_ngram_hashes
        buckets = hashes(printable(word), self.shortest, self.longest, len(self.matrix))
        return self.matrix[buckets].mean(axis=0) if buckets else None


def printable(word: str) -> str:
    """The word, encodable in UTF-8."""
    return word.encode("utf-8", "backslashreplace").decode()
