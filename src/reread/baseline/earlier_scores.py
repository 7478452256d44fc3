"""The scores of an earlier linear model as features: Florian et al. 2004; "PRED" of Daumé 2007, section 2.

An earlier model's scores are linear in its own n-grams, so what is learned of them is a weight for each of these: the
new model counts them too, and needs the earlier one no more. Their coefficients say how far the earlier answers hold
for the new texts and labels; the other n-grams learn the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.baseline.fitters import Floats
from reread.baseline.grams import Grams

AGAIN = ":"  # before the number of a kind of n-grams that is counted more than once
Answers: TypeAlias = Callable[[Sequence[str]], Floats]
"""Texts → their scores, (texts, scores)."""


class Earlier(Protocol):
    """A linear model that was trained before, as `LinearModel` is."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of its kinds of n-grams."""

    @property
    def known(self) -> tuple[Grams, ...]:
        """The n-grams of each kind."""

    @property
    def scales(self) -> tuple[Floats, ...]:
        """By how much each n-gram's damped count is multiplied."""

    @property
    def weights(self) -> Floats:
        """Of the n-grams, (n-grams, scores)."""

    @property
    def intercept(self) -> Floats:
        """The scores of a text without any, (scores,)."""

    def scores(self, texts: Sequence[str]) -> Floats:
        """The scores of texts, (texts, scores)."""


@dataclass(frozen=True)
class EarlierScores:
    """The scores of an earlier model for some texts.

    Attributes:
        model: the earlier one.
        features: its scores around their mean, in units that make a text's about 1 long, (texts, scores).
        mean: of the scores, (scores,).
        unit: their size.
    """

    model: Earlier
    features: Floats
    mean: Floats
    unit: float

    @classmethod
    def of(cls, model: Earlier, texts: Sequence[str], answers: Answers | None = None) -> Self:
        """What a model says of the texts that another one will learn from.

        Args:
            model: the earlier one.
            texts: the texts.
            answers: what gives the model's scores of texts; None: the model.
        """
        scores = (answers or model.scores)(texts)
        mean = scores.mean(axis=0, dtype=np.float64).astype(np.float32) if len(scores) else model.intercept
        around = scores - mean
        size = float(np.sqrt(np.square(around).sum(axis=1).mean())) if len(scores) else 0.0
        unit = size or 1.0
        return cls(model, (around / np.float32(unit)).astype(np.float32), mean, unit)

    @property
    def scores(self) -> Floats:
        """As the model gave them, (texts, scores)."""
        return np.asarray(self.features * np.float32(self.unit) + self.mean, dtype=np.float32)

    def take(self, rows: NDArray[np.int64]) -> Self:
        """Those of some of the texts, in their order."""
        return replace(self, features=self.features[rows])

    def of_ngrams(self, coefficients: Floats) -> Floats:
        """Coefficients of the scores, (earlier scores, scores), as those of the n-grams, (n-grams, scores)."""
        return self.model.weights @ (coefficients / np.float32(self.unit))

    def constant(self, coefficients: Floats) -> Floats:
        """What these coefficients add for a text without any known n-gram, (scores,)."""
        return (self.model.intercept - self.mean) @ (coefficients / np.float32(self.unit))


def kinds_beside(earlier: Earlier, taken: Collection[str]) -> list[str]:
    """An earlier model's kinds of n-grams, numbered where a kind of this name is there already."""
    names: list[str] = []
    for kind in map(base_kind, earlier.kinds):
        number, name = 1, kind
        while name in {*taken, *names}:
            number += 1
            name = f"{kind}{AGAIN}{number}"
        names.append(name)
    return names


def base_kind(kind: str) -> str:
    """The registered name of a kind of n-grams, without its number."""
    return kind.split(AGAIN, maxsplit=1)[0]
