"""The mean of a text's word vectors as features: what training texts do not say about rare words, given vectors may.

A text's feature is the sum of its words' vectors, each times the word's share of the text. So what is learned of it is
a weight for every word that has a vector, and a trained model needs the vectors no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from reread.baseline.grams.known_words import KnownWords
from reread.baseline.sparse import SparseRows
from reread.text.encoder import TextSettings
from reread.vectors.word_vectors import Matrix, WordVectors

MOST_WORDS = 200_000  # the most frequent words come first in files of vectors
KIND = "known_words"


@dataclass(frozen=True)
class GivenVectors:
    """Words and their vectors.

    Attributes:
        words: that have a vector.
        matrix: their vectors, (words, dim).
    """

    words: KnownWords
    matrix: Matrix

    @classmethod
    def of(cls, vectors: WordVectors, settings: TextSettings) -> Self:
        """All of these vectors, for texts that are cut into words by ``settings``."""
        return cls(KnownWords.of(vectors.words, settings), vectors.matrix)

    def centred(self, rows: SparseRows) -> Matrix:
        """The vectors around their mean in some texts, in units that make these texts' features about 1 long.

        Args:
            rows: each word's share of each text, (texts, words).
        """
        frequencies = rows.frequencies().astype(np.float64)
        mean = frequencies @ self.matrix / max(1.0, frequencies.sum())
        around = (self.matrix - mean).astype(np.float32)
        size = float(np.sqrt(np.square(rows.times(around)).sum(axis=1).mean())) if len(rows) else 0.0
        unit: Matrix = around / np.float32(size or 1)
        return unit


def dense_rows(numbers: NDArray[np.float32]) -> SparseRows:
    """Rows with a number in every column, (rows, width)."""
    rows, width = numbers.shape
    columns = np.tile(np.arange(width, dtype=np.int32), rows)
    return SparseRows(np.arange(rows + 1, dtype=np.int64) * width, columns, numbers.ravel(), width)
