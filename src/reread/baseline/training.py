"""The linear member: n-grams of words and characters, logistic or ridge regression, its penalty chosen by folds.

On topics and sentiment such a model is hard to beat (Wang and Manning 2012): it shows whether a network earned its
keep, and a network learns on top of it. Trained in the compiled kernel.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from reread.baseline.choosing import OutOfFold, choose
from reread.baseline.cross_validation import Chosen, CrossValidated, Examples, Solution, by_strength
from reread.baseline.earlier_scores import Answers, Earlier, EarlierScores, kinds_beside
from reread.baseline.features import Features
from reread.baseline.fitters import Floats, Problem, problems_of
from reread.baseline.limits import most_features, readable_rows
from reread.baseline.linear import LinearModel
from reread.baseline.mean_vectors import GivenVectors
from reread.baseline.mixture import Mixture
from reread.baseline.new_classes import NewClasses
from reread.baseline.platt_scaling import PlattScaling
from reread.baseline.self_training import SelfTraining, Unlabelled
from reread.baseline.solving import Solver, solver_of
from reread.data.subset import Subset
from reread.tasks import Task
from reread.tasks.class_task import ClassTask, has_classes


@dataclass(frozen=True)
class LinearFit:
    """A linear model, and what its like say about the texts that it was trained on.

    Attributes:
        model: trained on all texts.
        out_of_fold: the scores of every text by a model that has not seen it, (texts, scores), if they were asked for;
            without folds, those of no text at all, or None where only cheap ones were asked for.
    """

    model: LinearModel
    out_of_fold: Floats | None


def fit_linear(
    texts: Sequence[str],
    targets: Floats,
    task: Task,
    language: str,
    *,
    weights: Floats,
    vectors: GivenVectors | None = None,
    earlier: Earlier | None = None,
    earlier_scores: Answers | None = None,
    kept: NDArray[np.int64] | None = None,
    mixture: Mixture | None = None,
    unlabelled: Unlabelled | None = None,
    fold: NDArray[np.int64] | None = None,
    known: Sequence[Chosen] | None = None,
    platt_scaling: Sequence[PlattScaling] = (),
    out_of_fold: OutOfFold = "unasked",
    seed: int = 0,
    deadline: float | None = None,
    threads: int = 1,
) -> LinearFit:
    """Train the linear model.

    Args:
        texts: training texts.
        targets: what ``task.encode`` made of their targets, (texts, width).
        task: defines the columns of the targets.
        language: chooses the n-grams.
        weights: how much each text counts, (texts,).
        vectors: of words, from elsewhere; they are features too, unless cross-validation is better without them.
        earlier: a model that was trained on other texts; its scores are mixed with the new ones, or are features too,
            unless cross-validation is better without them.
        earlier_scores: what gives the scores of that model; None: the model itself.
        kept: for each score of the task which of the earlier model's stays as it is, -1: it is new, (scores,); None:
            all are learned anew.
        mixture: of the new scores and those of the earlier model, if it is known.
        unlabelled: texts that the model labels, for one that learns from them too, unless cross-validation is better
            without; not with an earlier model.
        fold: of each text, (texts,), for cross-validation: equal texts share a fold. None: there are none.
        known: losses and strengths; None: cross-validation chooses them.
        platt_scaling: of each problem's scores, if it is known; none: cross-validation fits it.
        out_of_fold: whether every text is answered by a model that has not seen it, and by what models.
        seed: of the sample that is drawn if the texts exceed the memory, and of the order in training.
        deadline: `time.monotonic` at which to stop improving.
        threads: folds that are fitted at once.

    Raises:
        MissingExtraError: the kernel was not built, and SciPy is not installed.
    """
    started = time.monotonic()
    rows = readable_rows(texts, task.size, language, seed=seed, deadline=deadline)
    some = Subset(texts, rows)
    examples = Examples(
        features=Features.learn(some, language, most_features(task.size)),
        problems=lambda chosen: problems_of(task, targets[rows[chosen]], weights[rows[chosen]]),
        weights=weights[rows],
        seed=seed,
        deadline=deadline,
        threads=threads,
    )
    candidates = [examples] if vectors is None else [examples, examples.with_vectors(some, vectors)]
    new = before = None
    if earlier is not None and mixture is None:
        before = EarlierScores.of(earlier, some, earlier_scores)
        if kept is not None:
            new = NewClasses(kept, before.scores)
            candidates = [_of_new_classes(candidates[-1].with_earlier(before), new, targets[rows])]
    fold = None if fold is None else fold[rows]
    if unlabelled is not None and earlier is None and task.can_abstain and has_classes(task):
        decided = _self_trained((some, targets[rows], task, language), candidates, fold, known, unlabelled)
    elif before is not None and new is None:
        decided = _with_earlier(candidates, before, fold, known)
        mixture = decided.mixture
    else:
        decided = _Decided(*choose(candidates, fold, known, out_of_fold=out_of_fold))
    examples, found = decided.examples, decided.found
    platt_scaling = platt_scaling or found.platt_scaling
    model, complete = _solve(examples, found.chosen, platt_scaling)
    if new is not None and earlier is not None:
        weights_of_all, intercept = new.added(earlier, model.weights, model.intercept)
        model = replace(model, weights=weights_of_all, intercept=intercept)
    if mixture is not None and earlier is not None:
        model = mixture.of(model, earlier)
    model.facts.update(
        rows=len(rows),
        features=len(examples.features),
        **Solution(found.chosen, platt_scaling).to_config(),
        earlier=examples.features.earlier is not None or mixture is not None,
        mixture=None if mixture is None else mixture.to_config(),
        vectors=decided.reads_vectors,
        teacher=None if decided.teacher is None else decided.teacher.to_config(),
        unlabelled=decided.unlabelled,
        kept=0 if new is None else len(new.places),
        limits=_limits(examples, len(rows), len(texts), complete=complete),
        seconds=round(time.monotonic() - started, 2),
    )
    scores = found.scores if found.scaled is None else found.scaled
    if out_of_fold == "unasked" or scores is None or (out_of_fold == "cheap" and len(rows) < len(texts)):
        return LinearFit(model, None)
    scores = scores if new is None else new.whole(scores)
    return LinearFit(model, _all_rows(model, scores, texts, rows))


@dataclass(frozen=True)
class _Decided:
    """What the model learns from, and how it is solved.

    Attributes:
        examples: what it learns from.
        found: how it is solved, and what cross-validation says of the texts with targets.
        teacher: how the model is solved that labels the other texts; None: there is none.
        taught_by: what that one learns from.
        unlabelled: how many the other texts are.
        mixture: of the model's scores and an earlier one's; None: they are not mixed.
    """

    examples: Examples
    found: CrossValidated
    teacher: Solution | None = None
    taught_by: Examples | None = None
    unlabelled: int = 0
    mixture: Mixture | None = None

    @property
    def reads_vectors(self) -> bool:
        """Whether the model, or its teacher, learns from word vectors."""
        return (self.taught_by or self.examples).features.vectors is not None


def _with_earlier(
    candidates: Sequence[Examples],
    before: EarlierScores,
    fold: NDArray[np.int64] | None,
    known: Sequence[Chosen] | None,
) -> _Decided:
    """What best answers texts it has not seen: without the earlier scores, with them as features, or mixed.

    Where nothing is compared, they are features.
    """
    more = candidates[-1].with_earlier(before)
    if known is not None:
        return _Decided(more, CrossValidated(known, None))
    (alone, own), (_, features) = (choose(each, fold, None, out_of_fold="best") for each in (candidates, [more]))
    if fold is None or own.scaled is None or not own.platt_scaling:
        return _Decided(more, features)
    mixture, mixed = Mixture.learn(own.scaled, before, alone, fold, lambda *how: _solve(*how)[0])
    if mixed.loss < min(own.loss, features.loss):
        return _Decided(alone, replace(own, scaled=mixed.scaled), mixture=mixture)
    return _Decided(more, features) if features.loss < own.loss else _Decided(alone, own)


def _self_trained(
    labelled: tuple[Sequence[str], Floats, ClassTask, str],
    candidates: Sequence[Examples],
    fold: NDArray[np.int64] | None,
    known: Sequence[Chosen] | None,
    unlabelled: Unlabelled,
) -> _Decided:
    """The best candidate, or what it can teach a student of more texts."""
    before = unlabelled.teacher
    first, found = choose(
        candidates, fold, None if before is None else before.chosen, out_of_fold="unasked" if before else "best"
    )
    how = before or Solution(found.chosen, found.platt_scaling)
    training = SelfTraining.of(
        *labelled,
        teacher=first,
        solve=lambda examples: _solve(examples, how.chosen, how.platt_scaling)[0],
        unlabelled=unlabelled.texts,
    )
    better = training.better(found, fold, known)
    if better is found:
        return _Decided(first, found)
    return _Decided(training.student(), better, teacher=how, taught_by=first, unlabelled=training.texts)


def _of_new_classes(examples: Examples, new: NewClasses, targets: Floats) -> Examples:
    """The same texts, from which only new classes are learned."""
    return replace(examples, problems=lambda chosen: new.problems(chosen, targets[chosen], examples.weights[chosen]))


def _solve(
    examples: Examples, chosen: Sequence[Chosen], platt_scaling: Sequence[PlattScaling]
) -> tuple[LinearModel, bool]:
    """A model of all texts, and whether training came to its end."""
    rows = np.arange(len(examples.weights))
    problems, features = examples.problems(rows), examples.features
    scales = features.scales(rows, problems, examples.weights)
    matrix = features.weighed(rows, scales)
    weights, intercepts, complete = [], [], True
    for problem, each, scaling in zip_longest(problems, chosen, platt_scaling):
        solved = []
        for loss, strengths in each.items():
            solver = solver_of(matrix, problem.under(loss), examples.weights, examples.seed)
            solved.append(_solution(solver, problem, strengths, examples.deadline))
            complete &= solver.complete
        coefficients, intercept = (
            np.asarray(np.mean(parts, axis=0), dtype=np.float32) for parts in zip(*solved, strict=True)
        )
        if scaling is not None:
            coefficients, intercept = coefficients * scaling.factors, scaling.apply(problem, intercept)
        intercept = intercept + features.constant(coefficients)
        weights.append(problem.expand(features.of_ngrams(coefficients)))
        intercepts.append(problem.expand(intercept))
    kinds, known, earlier = features.kinds, features.known, features.earlier
    if earlier is not None:
        kinds, known = (*kinds, *kinds_beside(earlier.model, kinds)), (*known, *earlier.model.known)
        scales = [*scales, *earlier.model.scales]
    model = LinearModel(
        kinds=kinds,
        known=known,
        scales=tuple(scales),
        weights=np.concatenate(weights, axis=1),
        intercept=np.concatenate(intercepts),
        facts={},
    )
    return model, complete


def _solution(
    solver: Solver, problem: Problem, strengths: Sequence[float], deadline: float | None
) -> tuple[Floats, Floats]:
    """Coefficients (features, scores) and intercept (scores,), each score's by the strength that is for it."""
    each = by_strength(strengths, len(problem.start))
    coefficients, intercept = solver.solve(next(each)[0], deadline)
    for strength, scores in each:
        some, constant = solver.solve(strength, deadline)
        coefficients[:, scores], intercept[scores] = some[:, scores], constant[scores]
    return coefficients, intercept


def _limits(examples: Examples, rows: int, texts: int, *, complete: bool) -> list[str]:
    """What was left out for lack of memory or time, in words.

    Args:
        examples: what was learned from.
        rows: how many texts of those that have targets.
        texts: how many of these there were.
        complete: whether training came to its end.
    """
    deadline = examples.deadline
    sample = [f"{rows:,} of {texts:,} rows"] if rows < texts else []
    late = not complete and deadline is not None and time.monotonic() > deadline
    return [*sample, *examples.features.limits, *(["time ran out before its training ended"] if late else [])]


def _all_rows(model: LinearModel, scores: Floats, texts: Sequence[str], rows: NDArray[np.int64]) -> Floats:
    """The scores of all texts; those outside the sample are answered by the model, which has not seen them."""
    if len(rows) == len(texts):
        return scores
    others = np.setdiff1d(np.arange(len(texts)), rows)
    every = np.empty((len(texts), scores.shape[1]), np.float32)
    every[rows], every[others] = scores, model.scores(Subset(texts, others))
    return every
