"""Texts → the features of a linear model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from reread.baseline.earlier_scores import EarlierScores
from reread.baseline.fitters import Problem
from reread.baseline.grams import Grams, grams
from reread.baseline.mean_vectors import KIND, GivenVectors, dense_rows
from reread.baseline.sparse import SparseRows, side_by_side
from reread.baseline.weighing import Floats, damped, inverse_frequencies, telling
from reread.vectors.word_vectors import Matrix

KINDS: Mapping[str, tuple[str, ...]] = {"zh": ("characters",)}
"""The kinds of n-grams of languages without spaces between words,"""
SPACED = ("words", "characters")
"""and of all others; the words come first, and are always counted."""
MAX_FOR_CHARACTER_GRAMS = 20_000_000  # of all texts: beyond, words say enough, and characters take minutes
FEW_CHARACTERS = 300_000  # of all texts: up to so many, every n-gram counts;
LEAST_FREQUENCY = 2  # beyond, those that stand in so many texts


@dataclass(frozen=True)
class Features:
    """The counted n-grams of the texts that a model learns from.

    Attributes:
        kinds: the names of the kinds of n-grams.
        known: the n-grams of each kind.
        counts: damped counts of each kind, (texts, n-grams).
        limits: what was left out for lack of memory or time, in words.
        vectors: of the words of the last kind, which are learned from as the sum of their vectors, (words, dim); None:
            all n-grams are learned from as they are.
        earlier: the scores of an earlier model, which are learned from too; None: there is none.
    """

    kinds: tuple[str, ...]
    known: tuple[Grams, ...]
    counts: tuple[SparseRows, ...]
    limits: tuple[str, ...] = ()
    vectors: Matrix | None = None
    earlier: EarlierScores | None = None

    @classmethod
    def learn(
        cls, texts: Sequence[str], language: str, most: int, stand_for: int | None = None, memory: float = 1.0
    ) -> Self:
        """Count what stands in enough texts, of each kind at most its share of ``most``, the most frequent ones.

        Args:
            texts: which are counted.
            language: chooses the n-grams.
            most: n-grams in all.
            stand_for: characters of the texts of which these are a sample, to be treated alike; None: they are all.
            memory: the share of the usual memory that there is.
        """
        size = sum(map(len, texts)) if stand_for is None else stand_for
        every, least = KINDS.get(language, SPACED), 1 if size <= FEW_CHARACTERS else LEAST_FREQUENCY
        many = round(memory * MAX_FOR_CHARACTER_GRAMS)
        kinds = every if size <= many else every[:1]
        known, counted = [], []
        for kind in kinds:
            found = grams.get(kind).learn(texts, language, least)
            counts = found.counts(texts)
            kept = _frequent(counts.frequencies(), least, most // len(kinds))
            known.append(found.kept(kept))
            counted.append(damped(counts.keep(kept)))
        limits = [
            f"no n-grams of {kind}, as the texts have more than {many:,} characters" for kind in every[len(kinds) :]
        ]
        if any(counts.width == most // len(kinds) for counts in counted):
            limits.append(f"the {sum(counts.width for counts in counted):,} most frequent n-grams")
        return cls(kinds, tuple(known), tuple(counted), tuple(limits))

    def with_vectors(self, texts: Sequence[str], given: GivenVectors) -> Self:
        """These, and the words that have a vector as one more kind."""
        counts = damped(given.words.counts(texts))
        return replace(
            self,
            kinds=(*self.kinds, KIND),
            known=(*self.known, given.words),
            counts=(*self.counts, counts),
            vectors=given.centred(counts.scaled(inverse_frequencies(counts))),
        )

    def __len__(self) -> int:
        return sum(counts.width for counts in self.counts)

    @property
    def numbers(self) -> int:
        """How many are not 0, of all texts."""
        return sum(len(counts.values) for counts in self.counts)

    def take(self, rows: NDArray[np.int64]) -> Self:
        """Some of the texts, in their order."""
        counts = tuple(each.take(rows) for each in self.counts)
        return replace(self, counts=counts, earlier=None if self.earlier is None else self.earlier.take(rows))

    def scales(self, rows: NDArray[np.int64], problems: Sequence[Problem], weights: Floats) -> list[Floats]:
        """By how much each feature of each kind is multiplied, as some texts say: their targets are the problems'.

        The inverse document frequencies are those of all texts, which tells nothing about their targets.
        """
        told = [telling(counts.take(rows), problems, weights) for counts in self.counts[: self._own]]
        frequencies = [inverse_frequencies(counts) for counts in self.counts]
        return [each * own for each, own in zip(frequencies, told, strict=False)] + frequencies[self._own :]

    def weighed(self, rows: NDArray[np.int64], scales: Sequence[Floats]) -> SparseRows:
        """What is learned from some texts, (rows, features)."""
        each = [counts.take(rows).scaled(scale) for counts, scale in zip(self.counts, scales, strict=True)]
        if self.vectors is not None:
            each[-1] = dense_rows(each[-1].times(self.vectors))
        if self.earlier is not None:
            each.append(dense_rows(self.earlier.features[rows]))
        return side_by_side(each)

    def of_ngrams(self, coefficients: Floats) -> Floats:
        """Coefficients of what is learned from, (features, scores), as those of the n-grams, (n-grams, scores)."""
        coefficients, of_earlier = self._parted(coefficients)
        if self.vectors is not None:
            own = len(coefficients) - self.vectors.shape[1]
            coefficients = np.concatenate([coefficients[:own], self.vectors @ coefficients[own:]])
        if self.earlier is None:
            return coefficients
        return np.concatenate([coefficients, self.earlier.of_ngrams(of_earlier)])

    def constant(self, coefficients: Floats) -> Floats:
        """What the coefficients add to the scores of a text without any n-gram, (scores,)."""
        of_earlier = self._parted(coefficients)[1]
        return of_earlier.sum(axis=0) if self.earlier is None else self.earlier.constant(of_earlier)

    def _parted(self, coefficients: Floats) -> tuple[Floats, Floats]:
        """Those of the n-grams and vectors, and those of the earlier scores, none if there are none."""
        last = 0 if self.earlier is None else self.earlier.features.shape[1]
        return coefficients[: len(coefficients) - last], coefficients[len(coefficients) - last :]

    @property
    def _own(self) -> int:
        """Kinds that are learned from as they are."""
        return len(self.kinds) - (self.vectors is not None)


def weighed(counts: Sequence[SparseRows], scales: Sequence[Floats]) -> SparseRows:
    """Damped counts of each kind, scaled to length 1 for each text, side by side, (texts, features)."""
    return side_by_side([each.scaled(scale) for each, scale in zip(counts, scales, strict=True)])


def _frequent(frequencies: NDArray[np.int64], least: int, most: int) -> NDArray[np.int64]:
    """The columns that stand in enough texts, the ``most`` frequent ones, in order."""
    columns = np.flatnonzero(frequencies >= least)
    ranked = columns[np.argsort(-frequencies[columns], kind="stable")]
    return np.sort(ranked[:most])
