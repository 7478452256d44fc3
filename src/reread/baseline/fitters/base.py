"""A linear problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.kernel.linear import LinearLoss

Floats: TypeAlias = NDArray[np.float32]

NUMBERS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
CHANCES = (0.3, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0)
"""Strengths of the losses of numbers and of chances. Texts have features of length 1, or 2 kinds of them."""
OF_HINGES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0)
OF_ONE_CLASS = CHANCES[3:]  # under a weaker loss, few texts would all get the commonest class
FACTORS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12)
"""What scores are judged at the best of: of few texts a model that ranks others well is too sure of it, and its loss
alone would speak for one that says nothing."""
ANY_FACTORS = (2.8, 2.0, 1.4, *FACTORS)
"""The same of many classes, where a model can also be less sure than it should be."""
USUAL_FOR_NUMBERS, USUAL_FOR_CHANCES = 0.8, 8.0  # where there are too few texts to choose one


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A loss of linear scores, minimised with a penalty on the squared coefficients.

    Attributes:
        loss: of a text's scores.
        targets: numbers, 0 or 1 for each score, or one column with the index of a class, (texts, width).
        start: the best scores without any feature, (scores,).
        strengths: how strong the loss may be beside the penalty, rising; cross-validation chooses.
        usual: the strength where there are too few texts to choose one.
        members: what each text is an example of: pairs of text and side, (pairs, 2). Features are weighted by how
            much they tell a side from the others.
        sides: how many there are.
        others: other losses that cross-validation may choose, and their strengths; their start is the same.
        offsets: what is added to the scores of each text and learned no more, (texts, scores); None: nothing.
        expand: scores, or coefficients, of this problem (…, scores) → those of the task (…, its size).
    """

    loss: LinearLoss
    targets: Floats
    start: Floats
    strengths: Sequence[float]
    usual: float
    members: NDArray[np.int64]
    sides: int
    others: Mapping[LinearLoss, Sequence[float]] = field(default_factory=dict)
    offsets: Floats | None = None
    expand: Callable[[Floats], Floats] = lambda scores: scores

    @property
    def separate(self) -> int:
        """How many problems these are in truth: chances of separate labels have nothing to do with each other."""
        return len(self.start) if self.loss == "logistic" else 1

    @property
    def judged_by(self) -> LinearLoss:
        """The loss that scores of new texts are judged by: one of chances, where a hinge has none."""
        return "softmax" if self.loss == "squared_hinge" else self.loss

    @property
    def factors(self) -> Sequence[float]:
        """What scores of new texts are multiplied with before they are judged, of which the best counts."""
        if self.judged_by == "squared" or self.offsets is not None:  # what is fixed cannot be less sure
            return (1.0,)
        return FACTORS if self.judged_by == "logistic" else ANY_FACTORS

    def under(self, loss: LinearLoss) -> Problem:
        """The same problem with this loss, its own or one of the others."""
        return self if loss == self.loss else replace(self, loss=loss, strengths=self.others[loss], others={})

    def right(self, scores: Floats) -> NDArray[np.bool_]:
        """Which texts are answered rightly by scores (texts, scores), of a problem of classes, (texts,)."""
        return np.asarray(scores.argmax(axis=1) == self.targets[:, 0])

    def losses(self, scores: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """How each text's scores (texts, scores) are judged, of each separate problem, (texts, separate)."""
        numbers = scores.astype(np.float64)
        if self.judged_by == "squared":
            return np.asarray((numbers - self.targets) ** 2, dtype=np.float64)
        if self.judged_by == "logistic":
            return np.asarray(np.logaddexp(0, np.where(self.targets > 0, -numbers, numbers)), dtype=np.float64)
        of_truth = np.take_along_axis(numbers, self.targets[:, :1].astype(np.int64), axis=1)
        return np.asarray(np.logaddexp.reduce(numbers, axis=1, keepdims=True) - of_truth, dtype=np.float64)


def pairs(sides: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each text as an example of one side, (texts,) → (texts, 2)."""
    return np.stack([np.arange(len(sides)), sides], axis=1)
