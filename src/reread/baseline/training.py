"""The linear member: n-grams of words and characters, logistic or ridge regression, its penalty chosen by folds.

On topics and sentiment such a model is hard to beat (Wang and Manning 2012): it shows whether a network earned its
keep, and a network learns on top of it. Trained in the compiled kernel.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.baseline.choosing import OutOfFold
from reread.baseline.cross_validation import Examples, Solution
from reread.baseline.decided import Beside, Labelled
from reread.baseline.features import Features
from reread.baseline.fitters import Floats, problems_of
from reread.baseline.limits import most_features, readable_rows
from reread.baseline.linear import LinearModel
from reread.baseline.mean_vectors import GivenVectors
from reread.baseline.solved import solved
from reread.data.subset import Subset
from reread.tasks import Task


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
    beside: Beside | None = None,
    fold: NDArray[np.int64] | None = None,
    known: Solution | None = None,
    out_of_fold: OutOfFold = "unasked",
    seed: int = 0,
    deadline: float | None = None,
    threads: int = 1,
    stand_for: int | None = None,
    memory: float = 1.0,
) -> LinearFit:
    """Train the linear model.

    Args:
        texts: training texts.
        targets: what ``task.encode`` made of their targets, (texts, width).
        task: defines the columns of the targets.
        language: chooses the n-grams.
        weights: how much each text counts, (texts,).
        vectors: of words, from elsewhere; they are features too, unless cross-validation is better without them.
        beside: what else it learns from: an earlier model, or texts without targets.
        fold: of each text, (texts,), for cross-validation: equal texts share a fold. None: there are none.
        known: how it is solved; None: cross-validation chooses that.
        out_of_fold: whether every text is answered by a model that has not seen it, and by what models.
        seed: of the sample that is drawn if the texts exceed the memory, and of the order in training.
        deadline: `time.monotonic` at which to stop improving.
        threads: folds that are fitted at once.
        stand_for: characters of the texts of which these are a sample, to be treated alike; None: they are all.
        memory: the share of the usual memory that there is.

    Raises:
        MissingExtraError: the kernel was not built, and SciPy is not installed.
    """
    started = time.monotonic()
    rows = readable_rows(texts, task.size, language, seed=seed, deadline=deadline, memory=memory)
    some = Subset(texts, rows)
    examples = Examples(
        features=Features.learn(some, language, most_features(task.size), stand_for, memory),
        problems=lambda chosen: problems_of(task, targets[rows[chosen]], weights[rows[chosen]]),
        weights=weights[rows],
        seed=seed,
        deadline=deadline,
        threads=threads,
    )
    labelled = Labelled(
        texts=some,
        targets=targets[rows],
        task=task,
        language=language,
        candidates=[examples] if vectors is None else [examples, examples.with_vectors(some, vectors)],
        fold=None if fold is None else fold[rows],
        known=known,
        out_of_fold=out_of_fold,
    )
    decided = labelled.alone() if beside is None else beside.decide(labelled)
    examples, found = decided.examples, decided.found
    how = Solution(found.chosen, (known and known.platt_scaling) or found.platt_scaling)
    trained, complete = solved(examples, how)
    model = decided.whole(trained)
    model.facts.update(
        {
            "rows": len(rows),
            "features": len(examples.features),
            **how.to_config(),
            "vectors": examples.features.vectors is not None,
            **decided.facts,
            "limits": _limits(examples, len(rows), len(texts), complete=complete),
            "seconds": round(time.monotonic() - started, 2),
        }
    )
    scores = found.scores if found.scaled is None else found.scaled
    if out_of_fold == "unasked" or scores is None or (out_of_fold == "cheap" and len(rows) < len(texts)):
        return LinearFit(model, None)
    return LinearFit(model, _all_rows(model, scores, texts, rows))


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
