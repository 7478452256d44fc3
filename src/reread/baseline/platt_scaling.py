"""Platt scaling of a linear problem's scores by texts that were not learned from: a factor and a shift.

A model of few texts adds too much to a score, and with long texts too much for one side: rare n-grams tell the side of
the texts that it learned from, and stand in no other. The scores of texts that it has not seen show both.

It is a part of the linear member, learned in cross-validation; the temperature that answers are read at
(`reread.scoring.calibration`) is learned later, for whatever answers, from the rows held out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from reread.baseline.fitters import Floats, Problem

FACTORS = 2.0 ** (np.arange(-2, 7) / 4)  # 0.7 to 2.8: with less, the commonest side would be the answer to all
SHIFTS_ALONE = np.ones(1)
ROUNDS, STEPS = 8, 5  # of factors, and of shifts for each of them


@dataclass(frozen=True)
class PlattScaling:
    """Scores become ``start + factors * (scores - start) + shifts``.

    Of two classes, and of separate labels, this is Platt 1999. Of several classes one factor holds for all scores and
    each has its own shift: bias-corrected temperature scaling (Alexandari et al. 2020), which is the vector scaling of
    Guo et al. 2017, section 4.2, with equal factors. Of numbers it is the line of least squares.

    Attributes:
        factors: of each score, (scores,).
        shifts: of each score, (scores,).
    """

    factors: Floats
    shifts: Floats

    @classmethod
    def fit(cls, problem: Problem, scores: Floats, weights: Floats, factors: NDArray[np.float64] = FACTORS) -> Self:
        """From scores of texts by models that have not seen them.

        Factors far from 1, and shifts, must be worth it: half the square of a factor's logarithm is added to the loss
        of all texts, and each side has one more text that the shift leaves as it is.

        Args:
            problem: of these texts.
            scores: (texts, scores).
            weights: how much each text counts, (texts,).
            factors: those to choose from, rising.
        """
        added = scores.astype(np.float64) - problem.start
        if problem.judged_by == "squared":
            return cls._line(problem, added, weights, factors)
        own, shifts = np.ones(added.shape[1]), np.zeros(added.shape[1])
        for _ in range(ROUNDS):
            for _ in range(STEPS):
                shifts += _closer(problem, problem.start + own * added + shifts, weights)
            losses = np.array(
                [
                    weights @ problem.losses((problem.start + factor * added + shifts).astype(np.float32))
                    for factor in factors
                ]
            )
            best = factors[np.argmin(losses + np.log(factors)[:, None] ** 2 / 2, axis=0)]
            own = np.broadcast_to(best, own.shape).copy()
        return cls(own.astype(np.float32), shifts.astype(np.float32))

    @classmethod
    def _line(cls, problem: Problem, added: NDArray[np.float64], weights: Floats, factors: NDArray[np.float64]) -> Self:
        """The line of least squares of each number, as if one more text lay on the old one."""
        left = problem.targets - problem.start - added
        shares = (weights / (1 + weights.sum()))[:, None]
        mean, error = (shares * added).sum(axis=0), (shares * left).sum(axis=0)
        around = added - mean
        spread = (shares * around**2).sum(axis=0)
        slope = (shares * around * (left - error)).sum(axis=0) / np.where(spread > 0, spread, 1)
        own = np.clip(1 + slope, factors[0], factors[-1])
        return cls(own.astype(np.float32), (error - (own - 1) * mean).astype(np.float32))

    def apply(self, problem: Problem, scores: Floats) -> Floats:
        """Scores of the problem, (…, scores), scaled."""
        return np.asarray(problem.start + self.factors * (scores - problem.start) + self.shifts, dtype=np.float32)

    def to_config(self) -> dict[str, Any]:
        """The numbers as JSON can write them."""
        return {"factors": self.factors.tolist(), "shifts": self.shifts.tolist()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """What `to_config` wrote."""
        return cls(np.array(config["factors"], np.float32), np.array(config["shifts"], np.float32))


def _closer(problem: Problem, scores: NDArray[np.float64], weights: Floats) -> NDArray[np.float64]:
    """Shifts toward as many texts of each side as there are, one step: Darroch and Ratcliff 1972."""
    if problem.judged_by == "softmax":
        chances = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
        texts = np.bincount(problem.targets[:, 0].astype(np.int64), weights, scores.shape[1])
        return np.asarray(np.log((1 + texts) / (1 + weights @ chances)), dtype=np.float64)
    chances = np.exp(-np.logaddexp(0, -scores))
    right, expected, of_all = weights @ (problem.targets > 0), weights @ chances, weights.sum()
    toward, away = (1 + right) / (1 + expected), (1 + of_all - right) / (1 + of_all - expected)
    return np.asarray(np.log(toward) - np.log(away), dtype=np.float64)
