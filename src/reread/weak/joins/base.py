"""What every way to join votes promises."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.weak.rules import NO_VOTE, Votes

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Patterns:
    """The different rows of a vote matrix that have a vote, and how often each occurs.

    Attributes:
        votes: the different rows, (patterns, rules).
        counts: how often each occurs, (patterns,).
        classes: the number of classes.
        answers: the probabilities that a model which has not learned from these rows gives each class,
            (patterns, classes); None: there are none.
    """

    votes: Votes
    counts: Floats
    classes: int
    answers: Floats | None = None

    def cast(self) -> Floats:
        """Whether each rule votes for each class, 0 or 1, (patterns, rules, classes)."""
        return np.asarray(self.votes[:, :, None] == np.arange(self.classes), dtype=np.float64)


@dataclass(frozen=True)
class Joined:
    """Votes of all rows joined; rows with the same votes share their probabilities.

    Attributes:
        table: the probability of each class, (patterns, classes).
        choices: the number of the likeliest class, (patterns,).
        places: the pattern of each row, (rows,); `NO_VOTE` for a row without a vote.
    """

    table: Floats
    choices: NDArray[np.int64]
    places: NDArray[np.int64]

    @property
    def probabilities(self) -> Floats:
        """The probability of each class, (rows, classes); NaN for a row without a vote."""
        return np.where(self._silent[:, None], np.nan, self._padded(self.table)[self.places])

    @property
    def choice(self) -> NDArray[np.int64]:
        """The number of the likeliest class, (rows,); `NO_VOTE` for a row without a vote."""
        return np.where(self._silent, NO_VOTE, self._padded(self.choices)[self.places])

    @property
    def _silent(self) -> NDArray[np.bool_]:
        return np.asarray(self.places == NO_VOTE, dtype=np.bool_)

    @staticmethod
    def _padded(values: NDArray[Any]) -> NDArray[Any]:
        """With one more entry, which `NO_VOTE` finds."""
        return np.concatenate([values, np.zeros_like(values, shape=(1, *values.shape[1:]))])


class Join(ABC):
    """Turns votes into probabilities of classes. True labels play no part."""

    @abstractmethod
    def probabilities(self, patterns: Patterns) -> Floats:
        """Map different rows of votes to the probability of each class, (patterns, classes)."""

    def join(self, votes: Votes, classes: int, answers: Floats | None = None) -> Joined:
        """Join the votes of all rows (rows, rules), and a model's answers to them, (rows, classes), if there are any.

        Of equally likely classes the one with more rows elsewhere is chosen.
        """
        voted = (votes != NO_VOTE).any(axis=1)
        places = np.full(len(votes), NO_VOTE, dtype=np.int64)
        if not voted.any():
            return Joined(np.empty((0, classes)), np.empty(0, dtype=np.int64), places)
        if answers is None:
            different, inverse, counts = np.unique(votes[voted], axis=0, return_inverse=True, return_counts=True)
            places[voted] = inverse.reshape(-1)
            patterns = Patterns(different, counts.astype(np.float64), classes)
        else:  # hardly two rows have the same answer
            rows = int(voted.sum())
            places[voted] = np.arange(rows)
            patterns = Patterns(votes[voted], np.ones(rows), classes, answers[voted])
        table = self.probabilities(patterns)
        tied = table >= table.max(axis=1, keepdims=True) - 1e-9
        return Joined(table, np.where(tied, patterns.counts @ table, -1.0).argmax(axis=1), places)
