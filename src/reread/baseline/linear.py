"""The linear member: n-grams of words and characters, logistic or ridge regression, its penalty chosen by folds.

On topics and sentiment such a model is hard to beat (Wang and Manning 2012): it shows whether a network earned its
keep, and a network learns on top of it. Trained in the compiled kernel, kept and scored as plain arrays.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reread.baseline.cross_validation import CrossValidated, Examples, Strengths, by_strength, cross_validate
from reread.baseline.features import KINDS, Features, weighed
from reread.baseline.fitters import Floats, problems_of
from reread.baseline.folds import LEAST_TEXTS
from reread.baseline.grams import Grams
from reread.baseline.mean_vectors import GivenVectors
from reread.baseline.platt_scaling import PlattScaling
from reread.baseline.solving import solver_of
from reread.baseline.weighing import damped
from reread.data.subset import Subset
from reread.tasks import Task
from reread.text.chunks import chunked
from reread.text.segmenters.base import Span

MAX_FEATURES = 2_000_000
MAX_ROWS = 100_000  # a sample of this size is enough, and bounds the memory
MAX_WEIGHTS = 20_000_000  # features x scores: 80 MB, of each fold that is fitted at once
MAX_CHARACTERS = 160_000_000  # of these rows: words of so many take about 4 GB,
ALL_RUNS = 4  # and n-grams of characters, of languages without spaces, so many times as much
MAX_CHANCES = 100_000_000  # rows x scores, likewise
SAMPLED = 50  # words of the texts that a check makes up
CHARACTERS_A_SECOND = 200_000  # that a slow machine counts and learns from, cross-validation included
LEAST_SAMPLE = 1000  # texts that are taken whatever the time
CHOOSING = 100_000_000  # features of all texts x scores: above, a sample of the texts chooses the strengths


class Contributions(NamedTuple):
    """What the n-grams of one text add to an answer, each occurrence of them.

    Attributes:
        added: what it adds, (occurrences,).
        starts: its first character's place in the text, (occurrences,).
        ends: the place after its last character, (occurrences,).
    """

    added: NDArray[np.float64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class LinearModel:
    """A trained linear model.

    Attributes:
        kinds: the names of its kinds of n-grams.
        known: the n-grams of each kind.
        scales: by how much each n-gram's damped count is multiplied, for each kind (n-grams,).
        weights: (features, scores); the features of each kind stand one after another.
        intercept: (scores,).
        facts: rows and features it was trained on, strengths of the losses, Platt scaling, seconds, and what was left
            out for lack of memory or time.
    """

    kinds: tuple[str, ...]
    known: tuple[Grams, ...]
    scales: tuple[Floats, ...]
    weights: Floats
    intercept: Floats
    facts: dict[str, Any]

    def scores(self, texts: Sequence[str], *, compiled: bool = True) -> Floats:
        """The raw scores that the task turns into answers, (texts, scores); by the kernel, if there is one."""
        parts = [self._scores(chunk, compiled=compiled) for chunk in chunked(texts)]
        return np.concatenate([np.zeros((0, len(self.intercept)), np.float32), *parts])

    @property
    def limits(self) -> str:
        """The limits that a larger machine or more time would lift, in words; empty if none."""
        return "; ".join(self.facts.get("limits", ()))

    @property
    def strengths(self) -> Strengths:
        """Of the losses."""
        strengths: Strengths = self.facts.get("strengths", ())
        return strengths

    @property
    def platt_scaling(self) -> list[PlattScaling]:
        """Of each problem's scores; none if there was none."""
        return [PlattScaling.from_config(each) for each in self.facts.get("platt_scaling", ())]

    def description(self) -> dict[str, Any]:
        """The kinds of n-grams and the facts, as JSON can write them."""
        each = zip(self.kinds, self.known, strict=True)
        return {"kinds": [{"kind": kind, **known.description()} for kind, known in each], "facts": self.facts}

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The n-grams and the numbers."""
        parts: dict[str, NDArray[Any]] = {"weights": self.weights, "intercept": self.intercept}
        for kind, known, scale in zip(self.kinds, self.known, self.scales, strict=True):
            parts |= {f"{kind}.scale": scale, **{f"{kind}.{name}": array for name, array in known.arrays().items()}}
        return parts

    def spans(self, text: str) -> list[Span]:
        """The places of the words of a text, or of its characters if only these are counted."""
        return self.known[0].spans(text) if self.known else []

    def contributions(self, text: str, direction: NDArray[np.float64]) -> Contributions:
        """What each n-gram of a text adds to direction · scores; with the intercept's part that is all of it.

        Args:
            text: the text.
            direction: of the scores, (scores,).
        """
        counts = [damped(each.counts([text])) for each in self.known]
        features, along = weighed(counts, self.scales), self.weights @ direction
        added = np.zeros(len(along))
        added[features.columns] = features.values * along[features.columns]
        parts, before = [], 0
        for each in self.known:
            found = each.occurrences(text)
            columns = found.columns + before
            times = np.bincount(columns, minlength=len(added))
            parts.append((added[columns] / times[columns], found.starts, found.ends))
            before += len(each)
        none = (np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))
        return Contributions(*(np.concatenate(each) for each in zip(none, *parts, strict=True)))

    def sample_texts(self, seed: int = 0) -> list[str]:
        """Texts of many lengths, made of n-grams at random; the same for the same model and seed."""
        random = np.random.default_rng(seed)
        words = [word for each in self.known for word in each.sample(random, SAMPLED)]
        lengths = (0, 1, 2, 3, 5, 8, 13, 21, 34)
        return [" ".join(words[place] for place in random.integers(0, len(words), size)) for size in lengths if words]

    def _scores(self, texts: Sequence[str], *, compiled: bool) -> Floats:
        counts = [damped(each.counts(texts)) for each in self.known]
        return weighed(counts, self.scales).times(self.weights, compiled=compiled) + self.intercept


@dataclass(frozen=True)
class LinearFit:
    """A linear model, and what its like say about the texts that it was trained on.

    Attributes:
        model: trained on all texts.
        out_of_fold: the scores of every text by a model that has not seen it, (texts, scores), if they were asked for;
            without folds, those of no text at all.
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
    fold: NDArray[np.int64] | None = None,
    strengths: Strengths | None = None,
    platt_scaling: Sequence[PlattScaling] = (),
    out_of_fold: bool = False,
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
        fold: of each text, (texts,), for cross-validation: equal texts share a fold. None: there are none.
        strengths: of the losses; None: cross-validation chooses them.
        platt_scaling: of each problem's scores, if it is known; none: cross-validation fits it.
        out_of_fold: whether every text is answered by a model that has not seen it.
        seed: of the sample that is drawn if the texts exceed the memory, and of the order in training.
        deadline: `time.monotonic` at which to stop improving.
        threads: folds that are fitted at once.

    Raises:
        MissingExtraError: the kernel was not built, and SciPy is not installed.
    """
    started = time.monotonic()
    most_rows = min(MAX_ROWS, MAX_CHANCES // task.size, _readable(texts, language, deadline))
    rows = _sample(len(texts), most_rows, seed)
    examples = Examples(
        features=Features.learn(Subset(texts, rows), language, min(MAX_FEATURES, MAX_WEIGHTS // task.size)),
        problems=lambda chosen: problems_of(task, targets[rows[chosen]], weights[rows[chosen]]),
        weights=weights[rows],
        seed=seed,
        deadline=deadline,
        threads=threads,
    )
    fold = None if fold is None or not _answerable(fold[rows], examples.weights) else fold[rows]
    checked = _cross_validated(examples, fold, strengths, out_of_fold=out_of_fold)
    if vectors is not None:
        more = replace(examples, features=examples.features.with_vectors(Subset(texts, rows), vectors))
        checked_more = _cross_validated(more, fold, strengths, out_of_fold=out_of_fold)
        if not checked_more.loss >= checked.loss:  # nothing speaks against them where there are no folds
            examples, checked = more, checked_more
    platt_scaling = platt_scaling or checked.platt_scaling
    model, complete = _fit(examples, checked.strengths, platt_scaling)
    model.facts.update(
        rows=len(rows),
        features=len(examples.features),
        strengths=[list(each) for each in checked.strengths],
        platt_scaling=[each.to_config() for each in platt_scaling],
        limits=_limits(examples, len(texts), complete=complete),
        seconds=round(time.monotonic() - started, 2),
    )
    scores = checked.scores if checked.scaled is None else checked.scaled
    if not out_of_fold or scores is None:
        return LinearFit(model, None)
    return LinearFit(model, _all_rows(model, scores, texts, rows))


def _limits(examples: Examples, texts: int, *, complete: bool) -> list[str]:
    """What was left out for lack of memory or time, in words.

    Args:
        examples: what was learned from.
        texts: how many there were.
        complete: whether training came to its end.
    """
    rows, deadline = len(examples.weights), examples.deadline
    sample = [f"{rows:,} of {texts:,} rows"] if rows < texts else []
    late = not complete and deadline is not None and time.monotonic() > deadline
    return [*sample, *examples.features.limits, *(["no time to come to its end"] if late else [])]


def _readable(texts: Sequence[str], language: str, deadline: float | None) -> int:
    """How many texts fit in the memory, and can be counted and learned from in time."""
    size = max(1, sum(map(len, texts)))
    in_memory = MAX_CHARACTERS / (ALL_RUNS if language in KINDS else 1)
    most = max(LEAST_TEXTS, int(len(texts) * min(1.0, in_memory / size)))
    if deadline is None:
        return most
    in_time = CHARACTERS_A_SECOND * max(0.0, deadline - time.monotonic())
    return min(most, max(LEAST_SAMPLE, int(len(texts) * min(1.0, in_time / size))))


def _sample(texts: int, most: int, seed: int) -> NDArray[np.int64]:
    if texts <= most:
        return np.arange(texts)
    return np.sort(np.random.default_rng(seed).choice(texts, most, replace=False))


def _cross_validated(
    examples: Examples, fold: NDArray[np.int64] | None, strengths: Strengths | None, *, out_of_fold: bool
) -> CrossValidated:
    """The strengths, chosen unless they are known, and the scores of every text, if they are asked for."""
    rows = np.arange(len(examples.weights))
    problems = examples.problems(rows)
    usual = [[problem.usual] * problem.separate for problem in problems]
    if fold is None:
        starts = np.concatenate([problem.expand(problem.start[None]) for problem in problems], axis=1)
        return CrossValidated(strengths or usual, np.repeat(starts, len(rows), axis=0) if out_of_fold else None)
    work = examples.features.numbers * sum(len(problem.start) for problem in problems)
    if strengths is None and work > CHOOSING:
        some = _sample(len(rows), len(rows) * CHOOSING // work, examples.seed)
        enough = len(some) >= LEAST_TEXTS and _answerable(fold[some], examples.weights[some])
        of_some = cross_validate(examples.take(some), fold[some]) if enough else CrossValidated(usual, None)
        if not out_of_fold:
            return CrossValidated(
                of_some.strengths, None, loss=of_some.loss
            )  # of few texts: all are learned from in another way
        strengths = of_some.strengths
    if strengths is not None and not out_of_fold:
        return CrossValidated(strengths, None)
    return cross_validate(examples, fold, strengths)


def _answerable(fold: NDArray[np.int64], weights: Floats) -> bool:
    """Whether models can learn from the texts outside each fold: some of them must count."""
    return bool(np.count_nonzero(np.bincount(fold, weights)) > 1)


def _fit(examples: Examples, strengths: Strengths, platt_scaling: Sequence[PlattScaling]) -> tuple[LinearModel, bool]:
    rows = np.arange(len(examples.weights))
    problems, features = examples.problems(rows), examples.features
    scales = features.scales(rows, problems, examples.weights)
    matrix = features.weighed(rows, scales)
    solved, complete = [], True
    for problem, each, scaling in zip_longest(problems, strengths, platt_scaling):
        solver = solver_of(matrix, problem, examples.weights, examples.seed)
        coefficients, intercept = np.zeros((matrix.width, len(problem.start)), np.float32), problem.start.copy()
        for strength, scores in by_strength(each, len(problem.start)):
            some, constant = solver.solve(strength, examples.deadline)
            coefficients[:, scores], intercept[scores] = some[:, scores], constant[scores]
        complete &= solver.complete
        if scaling is not None:
            coefficients, intercept = coefficients * scaling.factors, scaling.apply(problem, intercept)
        solved.append((problem.expand(features.of_ngrams(coefficients)), problem.expand(intercept)))
    model = LinearModel(
        kinds=features.kinds,
        known=features.known,
        scales=tuple(scales),
        weights=np.concatenate([each for each, _ in solved], axis=1),
        intercept=np.concatenate([each for _, each in solved]),
        facts={},
    )
    return model, complete


def _all_rows(model: LinearModel, scores: Floats, texts: Sequence[str], rows: NDArray[np.int64]) -> Floats:
    """The scores of all texts; those outside the sample are answered by the model, which has not seen them."""
    if len(rows) == len(texts):
        return scores
    others = np.setdiff1d(np.arange(len(texts)), rows)
    every = np.empty((len(texts), scores.shape[1]), np.float32)
    every[rows], every[others] = scores, model.scores(Subset(texts, others))
    return every
