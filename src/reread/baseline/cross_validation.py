"""Cross-validation: how strong each loss should be, and every text's scores by models that have not seen it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.baseline.earlier_scores import EarlierScores
from reread.baseline.features import Features
from reread.baseline.fitters import Floats, Problem
from reread.baseline.mean_vectors import GivenVectors
from reread.baseline.platt_scaling import SHIFTS_ALONE, PlattScaling
from reread.baseline.solving import Solver, solver_of
from reread.baseline.sparse import SparseRows

Ints = NDArray[np.int64]
Split: TypeAlias = tuple[Ints, Ints]
"""Texts that a model learns from, and others that it answers."""
FACTORS = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12)
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

    def with_vectors(self, texts: Sequence[str], vectors: GivenVectors) -> Examples:
        """The same, learned from with the means of word vectors too."""
        return replace(self, features=self.features.with_vectors(texts, vectors))

    def with_earlier(self, scores: EarlierScores) -> Examples:
        """The same, learned from with the scores of an earlier model too."""
        return replace(self, features=replace(self.features, earlier=scores))


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


Strengths: TypeAlias = Sequence[Sequence[float]]
"""Of each problem, the strength of the loss of each separate part of it."""


@dataclass(frozen=True)
class CrossValidated:
    """The outcome.

    Attributes:
        strengths: of the losses.
        scores: of every text, by a model that has not seen it, (texts, scores of the task), if they were asked for.
        platt_scaling: of each problem's scores, fitted to them; none if nothing was cross-validated.
        scaled: the scores after it.
        loss: of them, the mean of all texts, of all problems together; NaN if nothing was cross-validated.
    """

    strengths: Strengths
    scores: Floats | None
    platt_scaling: Sequence[PlattScaling] = ()
    scaled: Floats | None = None
    loss: float = math.nan


def cross_validate(
    examples: Examples, fold: Ints, strengths: Strengths | None = None, *, sampled: bool = False
) -> CrossValidated:
    """Choose strengths, and answer every text by models of the other folds.

    Args:
        examples: what is learned from.
        fold: of each text, (texts,).
        strengths: of the losses, if they are known; None: those with the least loss of held-out texts.
        sampled: whether these are some of the texts that the model will learn from: it needs other factors than theirs.
    """
    splits = [(np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in np.unique(fold)]
    return cross_validate_splits(examples, splits, strengths, sampled=sampled)


def cross_validate_splits(
    examples: Examples, splits: Sequence[Split], strengths: Strengths | None = None, *, sampled: bool = False
) -> CrossValidated:
    """The same with other splits than those of folds.

    Args:
        examples: what is learned from.
        splits: the texts that are learned from, and those that are answered; each text is answered once.
        strengths: of the losses, if they are known; None: those with the least loss of held-out texts.
        sampled: whether these are some of the texts that the model will learn from: it needs other factors than theirs.
    """
    options = (SHIFTS_ALONE,) if sampled else ()
    chosen, scores, platt_scaling, scaled, loss = [], [], [], [], 0.0
    with ThreadPoolExecutor(examples.threads) as pool:
        folds = list(pool.map(lambda split: _fold(examples, *split), splits))
        for number, problem in enumerate(examples.problems(np.arange(len(examples.weights)))):
            answers = partial(_answers, examples, folds, pool, number)
            if strengths is None:
                best = _best(problem, examples.weights, answers)
            else:
                best = _as_known(problem, strengths[number], answers)
            chosen.append(best.strengths)
            scores.append(problem.expand(best.scores))
            platt_scaling.append(PlattScaling.fit(problem, best.scores, examples.weights, *options))
            own = platt_scaling[-1].apply(problem, best.scores)
            scaled.append(problem.expand(own))
            loss += float(np.average(problem.losses(own).sum(axis=1), weights=examples.weights))
    return CrossValidated(chosen, np.concatenate(scores, axis=1), platt_scaling, np.concatenate(scaled, axis=1), loss)


def _fold(examples: Examples, rest: Ints, held: Ints) -> Fold:
    problems, weights = examples.problems(rest), examples.weights[rest]
    scales = examples.features.scales(rest, problems, weights)
    inside, outside = (examples.features.weighed(rows, scales) for rows in (rest, held))
    return Fold(held, problems, inside, outside, weights, examples.seed)


class _Best(NamedTuple):
    strengths: list[float]
    scores: Floats


def _best(problem: Problem, weights: Floats, answers: Callable[[float], Floats]) -> _Best:
    """For each separate part the strength with the least loss of held-out texts; ends when all of them rise."""
    scores = answers(problem.strengths[0])
    least = _least_losses(problem, scores, weights)
    best = _Best([problem.strengths[0]] * problem.separate, scores)
    for strength in problem.strengths[1:]:
        scores = answers(strength)
        losses = _least_losses(problem, scores, weights)
        better = losses < least
        if not better.any():
            break
        least = np.minimum(losses, least)
        best = _Best(
            [strength if won else before for won, before in zip(better, best.strengths, strict=True)],
            np.where(better, scores, best.scores),
        )
    return best


def _least_losses(problem: Problem, scores: Floats, weights: Floats) -> NDArray[np.float64]:
    """The mean loss of each separate part at the best of some factors of what the features add to the scores.

    Of few texts a model that ranks others well is too sure of it; its loss alone would speak for one that says nothing.
    """
    added = scores - problem.start
    factors = FACTORS if problem.loss != "squared" else (1.0,)
    each = [np.average(problem.losses(problem.start + factor * added), axis=0, weights=weights) for factor in factors]
    return np.asarray(np.min(each, axis=0), dtype=np.float64)


def _as_known(problem: Problem, strengths: Sequence[float], answers: Callable[[float], Floats]) -> _Best:
    scores: Floats | None = None
    for strength, columns in by_strength(strengths, len(problem.start)):
        some = answers(strength)
        scores = some if scores is None else np.where(columns, some, scores)
    return _Best(list(strengths), problem.start[None] if scores is None else scores)


def by_strength(strengths: Sequence[float], scores: int) -> Iterator[tuple[float, NDArray[np.bool_]]]:
    """Each strength, rising, with the scores that it is for, (scores,): of parts that are not separate, all of them."""
    each = np.broadcast_to(np.asarray(strengths), scores)
    for strength in np.unique(each):
        yield float(strength), each == strength


def _answers(
    examples: Examples, folds: Sequence[Fold], pool: ThreadPoolExecutor, number: int, strength: float
) -> Floats:
    """The scores of every text by the models of the other folds, (texts, scores of the problem)."""
    answered = list(pool.map(lambda each: each.scores(number, strength, examples.deadline), folds))
    scores = np.empty((len(examples.weights), answered[0].shape[1]), np.float32)
    for each, of_fold in zip(folds, answered, strict=True):
        scores[each.rows] = of_fold
    return scores
