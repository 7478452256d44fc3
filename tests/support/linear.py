"""What the tests of the linear member share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.baseline.cross_validation import Solution
from reread.baseline.grams import Grams
from reread.baseline.grams.words import EDGE
from reread.baseline.sparse import SparseRows
from reread.baseline.training import LinearFit, fit_linear
from reread.tasks import Task, tasks

BITS = {"words": 20, "characters": 12}  # of a token in a key

TEXTS = ["a good film", "a bad film", "good good fun", "bad and boring", "fun for all", "boring, bad"] * 4
LABELS = ["pos", "neg", "pos", "neg", "pos", "neg"] * 4
FOLD = np.tile(np.arange(6), 4)  # equal texts share one
TARGETS: dict[str, tuple[Any, dict[str, Any]]] = {
    "classification": (LABELS, {}),
    "multilabel": ([["a"] if label == "pos" else ["b", "a"] for label in LABELS], {}),
    "ordinal": ([3 if label == "pos" else k % 2 for k, label in enumerate(LABELS)], {}),
    "regression": ([2.5 if label == "pos" else -1.0 for label in LABELS], {}),
    "joint": ({"sentiment": LABELS, "score": [float(label == "pos") for label in LABELS]}, {}),
}


def ones(count: int) -> NDArray[np.float32]:
    return np.ones(count, np.float32)


def solution(name: str, *strengths: list[float]) -> Solution:
    """A solution of each problem of a task in `TARGETS`, by its own loss of these strengths."""
    return Solution([{"squared" if name == "regression" else "logistic": each} for each in strengths])


def fitted(name: str = "classification", **options: Any) -> tuple[Task, LinearFit]:
    """A task fitted to `TARGETS`, and a linear model of `TEXTS`."""
    targets, arguments = TARGETS[name]
    task = tasks.get(name).fit(targets, **arguments)
    options = {"weights": ones(len(TEXTS)), "out_of_fold": "best", **options}
    return task, fit_linear(TEXTS, task.encode(targets), task, "en", **options)


def dense(rows: SparseRows) -> NDArray[np.float32]:
    """All numbers of sparse rows, (rows, width)."""
    whole = np.zeros((len(rows), rows.width), np.float32)
    whole[rows.owners, rows.columns] = rows.values
    return whole


def sparse(whole: NDArray[Any]) -> SparseRows:
    """The numbers of a matrix that are not 0."""
    rows, columns = np.nonzero(whole)
    starts = np.searchsorted(rows, np.arange(len(whole) + 1))
    return SparseRows(
        starts.astype(np.int64), columns.astype(np.int32), whole[rows, columns].astype(np.float32), whole.shape[1]
    )


def names(kind: str, known: Grams) -> list[tuple[str, ...]]:
    """The tokens of each n-gram, by its column; the edge of a text has no letters."""
    tokens = dict(enumerate(known.description()["tokens" if kind == "words" else "alphabet"], 1)) | {EDGE: ""}
    bits, found = BITS[kind], []
    for length, keys in sorted((int(name), keys) for name, keys in known.arrays().items()):
        places = [(keys >> bits * place) & ((1 << bits) - 1) for place in reversed(range(length))]
        found += [tuple(tokens[each] for each in key) for key in np.stack(places, axis=1).tolist()]
    return found


def named_counts(kind: str, known: Grams, texts: Sequence[str]) -> list[dict[tuple[str, ...], int]]:
    """How often each n-gram that a text has stands in it."""
    called = names(kind, known)
    return [{called[at]: int(row[at]) for at in np.flatnonzero(row)} for row in dense(known.counts(texts))]
