"""The linear member trained on growing parts of the rows, each time asked about rows that it has not seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.baseline.cross_validation import Chosen, Examples, Split, cross_validate_splits
from reread.baseline.features import Features
from reread.baseline.fitters import problems_of
from reread.baseline.limits import most_features
from reread.baseline.mean_vectors import GivenVectors
from reread.data.blocks import join_blocks
from reread.data.folds import fold_rows
from reread.data.subset import Subset
from reread.data.weighted_rows import WeightedRows
from reread.statistics.power_law import jackknife_covariance
from reread.tasks import Task

SHARES = (0.25, 0.5, 0.75, 0.9)  # of all rows that are trained on; of the largest part, the rest is asked about
FOLDS = 10
WORK = 3000  # rows that are asked about at each size in all repeats together, about
LEAST_REPEATS, MOST_REPEATS = 2, 4
GROUPS = 20  # of rows, for the jackknife

Floats: TypeAlias = NDArray[np.float64]
Scores: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows that a curve is measured on.

    Attributes:
        texts: all of them.
        keys: equal for equal texts, (rows,).
        targets: the user's own values, one list, or one for each target of a joint model.
        encoded: what the loss reads, (rows, width).
        task: what they mean.
        language: chooses the n-grams.
        learned: what a model learns from them.
        weights: how much each row counts in a figure, (rows,).
        groups: values that stay together; None: there are none.
        vectors: of words, which are features too; None: there are none.
    """

    texts: Sequence[str]
    keys: NDArray[np.uint64]
    targets: Any
    encoded: NDArray[np.float32]
    task: Task
    language: str
    learned: WeightedRows
    weights: NDArray[np.float32]
    groups: Sequence[Any] | None = None
    vectors: GivenVectors | None = None

    @cached_property
    def blocks(self) -> Ints:
        """Equal for rows that stay together, from 0 on, (rows,)."""
        return join_blocks(self.keys, self.groups)

    def headlines(self) -> dict[str, str]:
        """The metric of each target by the target's name; a single target has the empty name."""
        if not self.task.parts:
            return {"": self.task.headline}
        return {name: f"{name}.{part.headline}" for name, part in self.task.parts.items()}


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Figures at several numbers of rows.

    Attributes:
        sizes: rows trained on, (sizes,).
        figures: in each repeat, (repeats, sizes).
        jackknife: the mean figures without one group of the rows asked about, (groups, sizes).
    """

    sizes: Floats
    figures: Floats
    jackknife: Floats

    @property
    def defined(self) -> bool:
        """Whether every figure is."""
        return bool(np.isfinite(self.figures).all() and np.isfinite(self.jackknife).all())

    def covariance(self) -> Floats:
        """The covariance of the mean figures, (sizes, sizes): of the rows asked about, and of the repeats."""
        between = np.cov(self.figures.T)  # of one repeat
        return np.asarray(jackknife_covariance(self.jackknife) + between / len(self.figures), dtype=np.float64)


def measure(
    rows: Rows,
    *,
    seed: int = 0,
    threads: int = 1,
    deadline: float | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> dict[str, Measured]:
    """Figures of the linear member at several shares of the rows, by the target's name.

    In every repeat each row is asked about once at each size, by a model that has seen neither it nor an equal text or
    one of its group. Smaller parts are within larger ones, and the same rows are asked about: figures at two sizes
    differ by what the added rows bring. Losses, their strengths and Platt scaling are chosen for each size, as in any
    training; all but the scaling in the first repeat.

    Args:
        rows: what is learned from, and asked about.
        seed: of the folds and parts.
        threads: folds that are fitted at once.
        deadline: `time.monotonic` after which no repeat begins; without time for two, whose difference says how sure
            the figures are, the outcome is empty.
        on_progress: takes how many of how many trainings are done.
    """
    examples = _examples(rows, seed=seed, threads=threads)
    repeats = min(MOST_REPEATS, max(LEAST_REPEATS, WORK // len(rows.texts)))
    answered: list[list[Scores]] = []
    known: list[Sequence[Chosen] | None] = [None] * len(SHARES)
    sizes: Floats = np.zeros(len(SHARES))
    for repeat in range(repeats):
        if deadline is not None and time.monotonic() > deadline:
            break
        each = _splits(rows, [seed, repeat])
        found = []
        for size, of_size in enumerate(zip(each, known, strict=True), start=1):
            found.append(_answers(examples, rows, *of_size))
            on_progress(FOLDS * (repeat * len(SHARES) + size), FOLDS * repeats * len(SHARES))
        answered.append([scores for scores, _ in found])
        known = [chosen for _, chosen in found]
        sizes = np.array([np.mean([len(part) for part, _ in splits]) for splits in each])
    return _figures(rows, answered, sizes, seed) if len(answered) >= LEAST_REPEATS else {}


def _examples(rows: Rows, *, seed: int, threads: int) -> Examples:
    task, learned = rows.task, rows.learned
    texts = Subset(rows.texts, learned.rows)
    examples = Examples(
        features=Features.learn(texts, rows.language, most_features(task.size)),
        problems=lambda chosen: problems_of(task, learned.targets[chosen], learned.weights[chosen]),
        weights=learned.weights,
        seed=seed,
        threads=threads,
    )
    return examples if rows.vectors is None else examples.with_vectors(texts, rows.vectors)


def _splits(rows: Rows, seed: Sequence[int]) -> list[list[Split]]:
    """For each size, the rows to train on and to ask about in each fold."""
    random = np.random.default_rng(seed)
    strata = rows.task.stratum(rows.encoded)
    fold = fold_rows(rows.keys, folds=FOLDS, seed=int(random.integers(2**31)), strata=strata, groups=rows.groups)
    each: list[list[Split]] = [[] for _ in SHARES]
    for number in range(FOLDS):
        held = np.flatnonzero(fold == number)
        order = np.argsort(random.permutation(int(rows.blocks.max()) + 1)[rows.blocks], kind="stable")
        order = order[fold[order] != number]
        for splits, share in zip(each, SHARES, strict=True):
            splits.append((np.sort(order[: round(share * len(fold))]), held))
    return each


def _answers(
    examples: Examples, rows: Rows, splits: Sequence[Split], known: Sequence[Chosen] | None
) -> tuple[Scores, Sequence[Chosen]]:
    """The scores of all rows by models of parts of the others, (rows, scores), and how their problems are solved.

    A row with soft labels is learned from as several examples, which all get the same scores.
    """
    of_row = rows.learned.rows
    as_examples = [tuple(np.flatnonzero(np.isin(of_row, side)) for side in split) for split in splits]
    found = cross_validate_splits(examples, as_examples, known)  # type: ignore[arg-type]  # tuples of two
    scores = found.scores if found.scaled is None else found.scaled
    first = np.unique(of_row, return_index=True)[1]
    return np.asarray(scores)[first], found.chosen


def _figures(rows: Rows, answered: Sequence[Sequence[Scores]], sizes: Floats, seed: int) -> dict[str, Measured]:
    """The figures of each target, of all rows and without each group of them."""
    groups = np.random.default_rng(seed).integers(0, GROUPS, int(rows.blocks.max()) + 1)[rows.blocks]
    every = _of_kept(rows, answered, np.ones(len(groups)))
    without = [_of_kept(rows, answered, (groups != group).astype(np.float64)) for group in np.unique(groups)]
    return {
        name: Measured(
            sizes=sizes,
            figures=figures,
            jackknife=np.array([each[name].mean(axis=0) for each in without]),
        )
        for name, figures in every.items()
    }


def _of_kept(rows: Rows, answered: Sequence[Sequence[Scores]], kept: Floats) -> dict[str, Floats]:
    """The figures of the rows that are kept, (repeats, sizes), by the target's name."""
    weights = rows.weights * kept
    each = [[rows.task.metrics(rows.targets, scores, weights) for scores in repeat] for repeat in answered]
    return {
        name: np.array([[metrics[metric] for metrics in repeat] for repeat in each])
        for name, metric in rows.headlines().items()
    }
