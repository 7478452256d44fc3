"""Cross-validation: how strong each loss should be, and every text's scores by models that have not seen it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.baseline.earlier_scores import EarlierScores
from reread.baseline.features import Features
from reread.baseline.fitters import Floats, Problem
from reread.baseline.mean_vectors import GivenVectors
from reread.baseline.platt_scaling import FACTORS, SHIFTS_ALONE, PlattScaling
from reread.baseline.solving import Solver, solver_of
from reread.baseline.sparse import SparseRows
from reread.kernel.linear import LinearLoss
from reread.statistics.paired import paired

Ints = NDArray[np.int64]
Split: TypeAlias = tuple[Ints, Ints]
"""Texts that a model learns from, and others that it answers."""
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
    """A part of the texts that models of the others answer.

    Attributes:
        rows: the texts that are answered.
        problems: of the others.
        asked: of those that are answered.
        inside: what is learned from, of the others.
        outside: the same of those that are answered.
        weights: how much each of the others counts.
        seed: of the order in which they are gone through.
        solvers: by problem and loss.
    """

    rows: Ints
    problems: list[Problem]
    asked: list[Problem]
    inside: SparseRows
    outside: SparseRows
    weights: Floats
    seed: int
    solvers: dict[tuple[int, LinearLoss], Solver] = field(default_factory=dict)

    def scores(self, number: int, loss: LinearLoss, strength: float, deadline: float | None) -> Floats:
        """The scores of the held-out texts by a problem's solution, (rows, scores)."""
        key = (number, loss)
        if key not in self.solvers:
            self.solvers[key] = solver_of(self.inside, self.problems[number].under(loss), self.weights, self.seed)
        coefficients, intercept = self.solvers[key].solve(strength, deadline)
        offsets = self.asked[number].offsets
        return self.outside.times(coefficients) + (intercept if offsets is None else intercept + offsets)


Chosen: TypeAlias = Mapping[LinearLoss, Sequence[float]]
"""How a problem is solved: the strength of a loss for each separate part; of several losses, the mean of solutions."""


@dataclass(frozen=True)
class Solution:
    """How a model is solved, as far as it was decided by cross-validation.

    Attributes:
        chosen: how each problem is solved.
        platt_scaling: of each problem's scores.
    """

    chosen: Sequence[Chosen]
    platt_scaling: Sequence[PlattScaling] = ()

    def to_config(self) -> dict[str, Any]:
        """Both as JSON can write them."""
        return {
            "chosen": [{loss: list(each) for loss, each in one.items()} for one in self.chosen],
            "platt_scaling": [each.to_config() for each in self.platt_scaling],
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """What `to_config` wrote."""
        return cls(config["chosen"], [PlattScaling.from_config(each) for each in config["platt_scaling"]])


@dataclass(frozen=True)
class CrossValidated:
    """The outcome.

    Attributes:
        chosen: how each problem is solved.
        scores: of every text, by a model that has not seen it, (texts, scores of the task), if they were asked for.
        platt_scaling: of each problem's scores, fitted to them; none if nothing was cross-validated.
        scaled: the scores after it.
        loss: of them, the mean of all texts, of all problems together; NaN if nothing was cross-validated.
    """

    chosen: Sequence[Chosen]
    scores: Floats | None
    platt_scaling: Sequence[PlattScaling] = ()
    scaled: Floats | None = None
    loss: float = math.nan


def cross_validate(
    examples: Examples, fold: Ints, known: Sequence[Chosen] | None = None, *, sampled: bool = False
) -> CrossValidated:
    """Choose losses and strengths, and answer every text by models of the other folds.

    Args:
        examples: what is learned from.
        fold: of each text, (texts,).
        known: how each problem is solved, if it is known; None: as answers held-out texts with the least loss.
        sampled: whether these are some of the texts that the model will learn from: it needs other factors than theirs.
    """
    splits = [(np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in np.unique(fold)]
    return cross_validate_splits(examples, splits, known, sampled=sampled)


def cross_validate_splits(
    examples: Examples, splits: Sequence[Split], known: Sequence[Chosen] | None = None, *, sampled: bool = False
) -> CrossValidated:
    """The same with other splits than those of folds.

    Args:
        examples: what is learned from.
        splits: the texts that are learned from, and those that are answered; each text is answered once.
        known: how each problem is solved, if it is known; None: as answers held-out texts with the least loss.
        sampled: whether these are some of the texts that the model will learn from: it needs other factors than theirs.
    """
    makers = [partial(fold_of, examples, *split) for split in splits]
    return cross_validate_folds(examples, makers, known, SHIFTS_ALONE if sampled else FACTORS)


def cross_validate_folds(
    examples: Examples,
    makers: Sequence[Callable[[], Fold]],
    known: Sequence[Chosen] | None = None,
    factors: NDArray[np.float64] = FACTORS,
) -> CrossValidated:
    """The same of folds whose models may learn from other texts too.

    Args:
        examples: the texts that are answered.
        makers: each makes a fold; together they answer each of the texts once.
        known: how each problem is solved, if it is known; None: as answers held-out texts with the least loss.
        factors: of Platt scaling, to choose from.
    """
    chosen, scores, platt_scaling, scaled, loss = [], [], [], [], 0.0
    with ThreadPoolExecutor(examples.threads) as pool:
        folds = list(pool.map(lambda make: make(), makers))
        for number, problem in enumerate(examples.problems(np.arange(len(examples.weights)))):
            answers = _answers(examples, folds, pool, number)
            if known is None:
                best = _best(problem, examples.weights, answers)
            else:
                best = _as_known(problem, known[number], answers)
            chosen.append(best.chosen)
            scores.append(problem.expand(best.scores))
            own_factors = factors if problem.offsets is None else SHIFTS_ALONE
            platt_scaling.append(PlattScaling.fit(problem, best.scores, examples.weights, own_factors))
            own = platt_scaling[-1].apply(problem, best.scores)
            scaled.append(problem.expand(own))
            loss += float(np.average(problem.losses(own).sum(axis=1), weights=examples.weights))
    return CrossValidated(chosen, np.concatenate(scores, axis=1), platt_scaling, np.concatenate(scaled, axis=1), loss)


def fold_of(examples: Examples, rest: Ints, held: Ints) -> Fold:
    """A model of some texts, which will answer others."""
    problems, weights = examples.problems(rest), examples.weights[rest]
    scales = examples.features.scales(rest, problems, weights)
    inside, outside = (examples.features.weighed(rows, scales) for rows in (rest, held))
    return Fold(held, problems, examples.problems(held), inside, outside, weights, examples.seed)


Answers: TypeAlias = Callable[[LinearLoss, float], Floats]
"""Loss and strength → the scores of every text by models that have not seen it, (texts, scores)."""


class _Best(NamedTuple):
    chosen: Chosen
    scores: Floats


def _best(problem: Problem, weights: Floats, answers: Answers) -> _Best:
    """By the problem's own loss, or by the mean of its solution and those of the other losses.

    The mean is taken if it answers held-out texts better: with less loss, or with one that they cannot tell from that
    of the problem's own loss, and more of them rightly.
    """
    own, *others = (_best_strengths(problem.under(loss), weights, answers) for loss in (problem.loss, *problem.others))
    if not others:
        return own
    chosen = {loss: strengths for best in (own, *others) for loss, strengths in best.chosen.items()}
    scores = np.asarray(np.mean([best.scores for best in (own, *others)], axis=0), dtype=np.float32)
    losses, own_losses = (_losses(problem, each, weights).sum(axis=1) for each in (scores, own.scores))
    higher, error = paired(losses - own_losses, weights)
    more_right = weights @ problem.right(scores) > weights @ problem.right(own.scores)
    return _Best(chosen, scores) if higher < (error if more_right else 0) else own


def _best_strengths(problem: Problem, weights: Floats, answers: Answers) -> _Best:
    """For each separate part the strength with the least loss of held-out texts; ends when all of them rise."""
    scores, strengths = answers(problem.loss, problem.strengths[0]), [problem.strengths[0]] * problem.separate
    least = weights @ _losses(problem, scores, weights)
    for strength in problem.strengths[1:]:
        others = answers(problem.loss, strength)
        losses = weights @ _losses(problem, others, weights)
        better = losses < least
        if not better.any():
            break
        least = np.minimum(losses, least)
        strengths = [strength if won else before for won, before in zip(better, strengths, strict=True)]
        scores = np.where(better, others, scores)
    return _Best({problem.loss: strengths}, scores)


def _losses(problem: Problem, scores: Floats, weights: Floats) -> NDArray[np.float64]:
    """The losses (texts, separate), of each part at the best of the factors of what the features add to the scores."""
    added = scores - problem.start
    each = np.stack([problem.losses(problem.start + factor * added) for factor in problem.factors])
    best = np.argmin(np.einsum("ftp,t->fp", each, weights), axis=0)
    return np.asarray(np.take_along_axis(each, best[None, None], axis=0)[0], dtype=np.float64)


def _as_known(problem: Problem, known: Chosen, answers: Answers) -> _Best:
    each = []
    for loss, strengths in known.items():
        scores: Floats | None = None
        for strength, columns in by_strength(strengths, len(problem.start)):
            some = answers(loss, strength)
            scores = some if scores is None else np.where(columns, some, scores)
        each.append(problem.start[None] if scores is None else scores)
    return _Best(known, np.asarray(np.mean(each, axis=0), dtype=np.float32))


def by_strength(strengths: Sequence[float], scores: int) -> Iterator[tuple[float, NDArray[np.bool_]]]:
    """Each strength, rising, with the scores that it is for, (scores,): of parts that are not separate, all of them."""
    each = np.broadcast_to(np.asarray(strengths), scores)
    for strength in np.unique(each):
        yield float(strength), each == strength


def _answers(examples: Examples, folds: Sequence[Fold], pool: ThreadPoolExecutor, number: int) -> Answers:
    """What gives the scores of every text by the models of the other folds, (texts, scores of the problem)."""

    def answers(loss: LinearLoss, strength: float) -> Floats:
        answered = list(pool.map(lambda each: each.scores(number, loss, strength, examples.deadline), folds))
        scores = np.empty((len(examples.weights), answered[0].shape[1]), np.float32)
        for each, of_fold in zip(folds, answered, strict=True):
            scores[each.rows] = of_fold
        return scores

    return answers
