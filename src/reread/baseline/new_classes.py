"""New classes beside those of an earlier linear model, whose scores stay what they are.

What is learned is one score for each new class, and one that is added to all earlier scores alike: among the earlier
classes the answer is the earlier model's, whatever the texts that new classes are learned from. So few texts of the
earlier classes are enough: they say only what is *not* of a new class, which is a question of two sides.

    P(an earlier class | text) ∝ exp(log Σ exp(earlier scores) + u(text)),  P(new class k | text) ∝ exp(w_k(text))

with u and w linear, learned as a softmax regression whose first score has log Σ exp(earlier scores) as its offset.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.baseline.earlier_scores import Earlier
from reread.baseline.fitters import Floats, Problem
from reread.baseline.fitters.base import OF_ONE_CLASS, USUAL_FOR_CHANCES, pairs

Ints = NDArray[np.int64]
STRONGEST = 64.0  # beyond, the loss of held-out texts hardly falls, and scores of a few texts of a new class grow on


@dataclass(frozen=True)
class NewClasses:
    """Which scores are new, and what the earlier model says of the texts.

    Attributes:
        known: for each score of the task which of the earlier model's it is, -1: it is new; (scores,).
        scores: the earlier model's, (texts, earlier scores).
    """

    known: Ints
    scores: Floats

    @property
    def places(self) -> Ints:
        """The scores of the task that stay what they are."""
        return np.flatnonzero(self.known >= 0)

    @property
    def sides(self) -> Ints:
        """For each score of the task its side: 0 an earlier class, 1 the first new one …; (scores,)."""
        return np.where(self.known >= 0, 0, np.cumsum(self.known < 0))

    @property
    def offsets(self) -> Floats:
        """How much speaks for some earlier class, (texts,)."""
        return np.asarray(np.logaddexp.reduce(self.scores[:, self.known[self.places]], axis=1), dtype=np.float32)

    def problems(self, rows: Ints, targets: Floats, weights: Floats) -> list[Problem]:
        """What is learned from some texts: an earlier class, or which of the new ones.

        Args:
            rows: the texts.
            targets: of these, a column with the index of a class, (rows, 1).
            weights: how much each of them counts, (rows,).
        """
        sides, offsets = self.sides[targets[:, 0].astype(np.int64)], self.offsets[rows]
        counts = np.bincount(sides, weights, self.sides.max() + 1)
        start = np.log(np.maximum(counts, 0.5) / max(counts[0], 0.5))
        start[1:] += np.average(offsets, weights=weights)
        fixed = np.zeros((len(rows), len(start)), np.float32)
        fixed[:, 0] = offsets
        return [
            Problem(
                loss="softmax",
                targets=sides[:, None].astype(np.float32),
                start=start.astype(np.float32),
                strengths=[strength for strength in OF_ONE_CLASS if strength <= STRONGEST],
                usual=USUAL_FOR_CHANCES,
                members=pairs(sides),
                sides=len(start),
                offsets=fixed,
                expand=lambda scores: scores[..., self.sides],
            )
        ]

    def whole(self, expanded: Floats) -> Floats:
        """The scores of the task, (texts, scores), of those of the problem after `Problem.expand`."""
        scores = expanded.copy()
        scores[:, self.places] += self.scores[:, self.known[self.places]] - self.offsets[:, None]
        return scores

    def added(self, earlier: Earlier, weights: Floats, intercept: Floats) -> tuple[Floats, Floats]:
        """What was learned, (n-grams, scores) and (scores,), and the earlier model; its n-grams are the last ones."""
        weights, intercept = weights.copy(), intercept.copy()
        theirs = self.known[self.places]
        weights[len(weights) - len(earlier.weights) :, self.places] += earlier.weights[:, theirs]
        intercept[self.places] += earlier.intercept[theirs]
        return weights, intercept
