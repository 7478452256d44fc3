"""Words with their vectors, from any source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.vectors.ngrams import NGrams

Matrix = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words with their vectors.

    Attributes:
        words: each once, usually the most frequent first.
        matrix: a row for each word, (words, dim).
        meta: how they were made, as JSON-able values.
        ngrams: n-grams that give unknown words a vector, if any.

    Raises:
        DataError: a word appears twice, or the matrix has the wrong shape.
    """

    words: tuple[str, ...]
    matrix: Matrix
    meta: Mapping[str, Any] = field(default_factory=dict)
    ngrams: NGrams | None = None

    def __post_init__(self) -> None:
        if self.matrix.ndim != 2 or len(self.matrix) != len(self.words):
            raise DataError(
                f"{len(self.words)} words and vectors of shape {self.matrix.shape}; expected one row a word"
            )
        if len(self.rows) < len(self.words):
            raise DataError("the vectors list a word twice; every word has one vector")

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """The row of each word."""
        return {word: row for row, word in enumerate(self.words)}

    @property
    def dim(self) -> int:
        """Numbers of a vector."""
        return int(self.matrix.shape[1])

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.rows

    def rows_for(self, tokens: Sequence[str]) -> tuple[Matrix, NDArray[np.bool_]]:
        """The vectors of these tokens, (tokens, dim), and which of them have one, (tokens,); the others get zeros."""
        rows = np.fromiter((self.rows.get(token, -1) for token in tokens), np.int64, len(tokens))
        known = rows >= 0
        vectors = np.zeros((len(tokens), self.dim), dtype=np.float32)
        vectors[known] = self.matrix[rows[known]]
        if self.ngrams is not None:
            for k in np.flatnonzero(~known).tolist():
                vector = self.ngrams.vector(tokens[k])
                if vector is not None:
                    vectors[k], known[k] = vector, True
        return vectors, known

    def restricted(self, tokens: Iterable[str]) -> WordVectors:
        """The vectors of those tokens that have one, each once; n-grams are not needed any more and left out."""
        unique = tuple(dict.fromkeys(tokens))
        matrix, known = self.rows_for(unique)
        words = tuple(word for word, has_one in zip(unique, known, strict=True) if has_one)
        return WordVectors(words, matrix[known], self.meta)

    def reduced(self, dim: int) -> WordVectors:
        """The first ``dim`` principal components of the vectors, with the n-grams' vectors transformed alike.

        Raises:
            ConfigError: ``dim`` exceeds the vectors' dimension or the number of words.
        """
        most = min(self.matrix.shape)
        if dim > most:
            raise ConfigError(f"{len(self):,} vectors of {self.dim} numbers cannot be reduced to {dim}; at most {most}")
        mean = self.matrix.mean(axis=0, dtype=np.float64)
        centred = self.matrix - mean
        _, axes = np.linalg.eigh(centred.T @ centred)  # smallest variance first
        axes = axes[:, ::-1][:, :dim]
        axes *= np.where(axes[np.abs(axes).argmax(axis=0), np.arange(dim)] < 0, -1, 1)  # signs are arbitrary
        ngrams, meta = self.ngrams, {**self.meta, "reduced_from": self.dim}
        if ngrams is not None:  # an unknown word's vector is their mean, which transforms as they do
            ngrams = replace(ngrams, matrix=((ngrams.matrix - mean) @ axes).astype(np.float32))
        return WordVectors(self.words, (centred @ axes).astype(np.float32), meta, ngrams)

    def neighbours(self, word: str, n: int = 10) -> list[tuple[str, float]]:
        """The ``n`` words whose vectors have the highest cosine with that of ``word``, with the cosines, highest first.

        Raises:
            DataError: the word has no vector.
        """
        return nearest([(self.words, self.matrix)], self.vector(word), n, but=word)

    def vector(self, word: str) -> Matrix:
        """The vector of a word, (dim,).

        Raises:
            DataError: it has no vector.
        """
        vectors, known = self.rows_for([word])
        if known[0]:
            vector: Matrix = vectors[0]
            return vector
        other = next((form for form in forms_of(word) if form in self), None)
        hint = f'did you mean "{other}"?' if other else "expected a word of the texts that they were trained on"
        raise DataError(f'"{word}" has no vector; {hint}')

    def checksum(self) -> str:
        """SHA-256 over words and numbers, not over ``meta``: equal vectors have equal checksums in any file format."""
        ngrams = self.ngrams
        digest = start_checksum(encode_words(self.words), self.matrix.shape, None if ngrams is None else ngrams.shape)
        for matrix in [self.matrix] if ngrams is None else [self.matrix, ngrams.matrix]:
            digest.update(as_bytes(matrix))
        return digest.hexdigest()


def forms_of(word: str) -> tuple[str, ...]:
    """Other spellings of a word."""
    return word.lower(), word.capitalize(), word.upper()


def nearest(
    blocks: Iterable[tuple[Sequence[str], Matrix]], vector: Matrix, n: int, *, but: str
) -> list[tuple[str, float]]:
    """The ``n`` words with the highest cosine to ``vector``, and the cosines, highest first.

    Args:
        blocks: words with their rows, (words, dim), some at a time.
        vector: (dim,).
        n: how many.
        but: a word that is left out.
    """
    best: list[tuple[str, float]] = []
    for words, matrix in blocks:
        lengths = np.linalg.norm(matrix, axis=1) * np.linalg.norm(vector)
        cosines = matrix @ vector / np.maximum(lengths, np.finfo(np.float32).tiny)
        rows = np.argsort(-cosines, kind="stable")[: n + 1]
        best += [(words[row], float(cosines[row])) for row in rows if words[row] != but]
        best = sorted(best, key=lambda pair: -pair[1])[:n]
    return best


def encode_words(words: Sequence[str]) -> bytes:
    """The words as bytes; any string can be a word."""
    return json.dumps(words).encode("ascii")


def as_bytes(matrix: Matrix) -> memoryview:
    """The numbers of a matrix, row after row, little-endian."""
    return np.ascontiguousarray(matrix, dtype="<f4").reshape(-1).view(np.uint8).data


def start_checksum(words: bytes, shape: tuple[int, ...], ngrams: tuple[int, ...] | None) -> hashlib._Hash:
    """The beginning of `WordVectors.checksum`, which continues with the bytes of the matrix and of the n-grams."""
    return hashlib.sha256(words + repr((shape, ngrams)).encode())
