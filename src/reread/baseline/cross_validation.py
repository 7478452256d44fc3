"""Cross-validation: how strong each loss should be, and every text's scores by models that have not seen it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from reread.baseline.features import Features
from reread.baseline.fitters import Floats, Problem
from reread.baseline.solving import Solver, solver_of
from reread.baseline.sparse import SparseRows

Ints = NDArray[np.int64]
Problems = Callable[[Ints], list[Problem]]
"""Rows → the problems of these texts."""


@dataclass(frozen=True, kw_only=True)
class Examples:
    """What a linear model learns from.

    Attributes:
        features: of the texts.
        problems: of some of the texts.
        weights: how much each text counts, (texts,).
        seed: of the order in which texts are gone through.
        deadline: `time.monotonic` at which to stop improving.
        threads: folds that are fitted at once.
    """

    features: Features
    problems: Problems
    weights: Floats
    seed: int = 0
    deadline: float | None = None
    threads: int = 1

    def take(self, rows: Ints) -> Examples:
        """Some of the texts, in their order."""
        return replace(
            self,
            features=self.features.take(rows),
            problems=lambda chosen: self.problems(rows[chosen]),
            weights=self.weights[rows],
        )


@dataclass(frozen=True)
class Fold:
    """A part of the texts that models of the others answer."""

    rows: Ints
    problems: list[Problem]
    inside: SparseRows
    outside: SparseRows
    weights: Floats
    seed: int
    solvers: dict[int, Solver] = field(default_factory=dict)

    def scores(self, number: int, strength: float, deadline: float | None) -> Floats:
        """The scores of the held-out texts by a problem's solution, (rows, scores)."""
        if number not in self.solvers:
            self.solvers[number] = solver_of(self.inside, self.problems[number], self.weights, self.seed)
        coefficients, intercept = self.solvers[number].solve(strength, deadline)
        return self.outside.times(coefficients) + intercept


@dataclass(frozen=True)
class CrossValidated:
    """The outcome.

    Attributes:
        strengths: of the loss of each problem.
        scores: of every text, by a model that has not seen it, (texts, scores of the task).
    """

    strengths: tuple[float, ...]
    scores: Floats


def cross_validate(examples: Examples, fold: Ints, strengths: Sequence[float] | None = None) -> CrossValidated:
    """Choose strengths, and answer every text by models of the other folds.

    Args:
        examples: what is learned from.
        fold: of each text, (texts,).
        strengths: of the problems, if they are known; None: those with the least loss of held-out texts.
    """
    chosen, scores = [], []
    with ThreadPoolExecutor(examples.threads) as pool:
        folds = list(pool.map(lambda number: _fold(examples, fold, int(number)), np.unique(fold)))
        for number, problem in enumerate(examples.problems(np.arange(len(fold)))):
            ways = problem.strengths if strengths is None else (strengths[number],)
            strength, best = _best(ways, problem, examples.weights, partial(_answers, examples, folds, pool, number))
            chosen.append(strength)
            scores.append(problem.expand(best))
    return CrossValidated(tuple(chosen), np.concatenate(scores, axis=1))


def _fold(examples: Examples, fold: Ints, number: int) -> Fold:
    held, rest = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
    problems, weights = examples.problems(rest), examples.weights[rest]
    scales = examples.features.scales(rest, problems, weights)
    inside, outside = (examples.features.weighed(rows, scales) for rows in (rest, held))
    return Fold(held, problems, inside, outside, weights, examples.seed)


def _best(
    strengths: Sequence[float], problem: Problem, weights: Floats, answers: Callable[[float], Floats]
) -> tuple[float, Floats]:
    """The first strength before the loss of held-out texts rises, and their scores with it, (texts, scores)."""
    least, best = np.inf, (strengths[0], np.zeros((0, 0), np.float32))
    for strength in strengths:
        scores = answers(strength)
        loss = np.average(problem.losses(scores), weights=weights)
        if not loss < least:
            break
        least, best = loss, (strength, scores)
    return best


def _answers(
    examples: Examples, folds: Sequence[Fold], pool: ThreadPoolExecutor, number: int, strength: float
) -> Floats:
    """The scores of every text by the models of the other folds, (texts, scores of the problem)."""
    answered = list(pool.map(lambda each: each.scores(number, strength, examples.deadline), folds))
    scores = np.empty((len(examples.weights), answered[0].shape[1]), np.float32)
    for each, of_fold in zip(folds, answered, strict=True):
        scores[each.rows] = of_fold
    return scores
