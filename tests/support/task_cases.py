"""A case of every task: targets, options, and scores that say each target plainly. A new task adds its own here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from reread.tasks import Task


class Case(NamedTuple):
    """Targets in which every class occurs, options of ``fit``, and targets of which nothing can be learned."""

    task: str
    targets: Any
    options: Mapping[str, Any]
    hopeless: Any


LABELS, LISTS, NUMBERS = (
    ["b", "a", "c", "a", "b"],
    [["a", "b"], [], ["c"], ["b"], ["a", "c"]],
    [3.0, -1.0, 2.5, 8.0, 0.5],
)
CASES = {
    "classification": Case("classification", LABELS, {}, ["a", "a"]),
    "classification of two": Case("classification", [True, False, True, False, False], {}, [True]),
    "multilabel": Case("multilabel", LISTS, {}, [["a"], ["a"]]),
    "ordinal": Case("ordinal", [1, 3, 2, 5, 4], {}, [2, 2]),
    "ordinal with an order": Case("ordinal", LABELS, {"order": ["b", "c", "a"]}, ["b"]),
    "regression": Case("regression", NUMBERS, {}, [1.0, 1.0]),
    "regression, absolute": Case("regression", NUMBERS, {"loss": "absolute"}, []),
    "regression, Huber": Case("regression", NUMBERS, {"loss": "huber"}, []),
    "regression, quantiles": Case("regression", NUMBERS, {"loss": "quantile"}, []),
    "joint": Case(
        "joint",
        {"topic": LABELS, "tags": LISTS, "stars": [1, 2, 3, 2, 1], "price": NUMBERS},
        {"parts": {"stars": "ordinal", "price": {"task": "regression", "loss": "huber"}}, "weights": {"price": 0.5}},
        {"topic": LABELS, "tags": [["a"]] * 5},
    ),
}


def perfect_scores(task: Task, targets: Any) -> np.ndarray:
    """The scores that say each target plainly."""
    return np.asarray(PLAIN[task.name](task, task.encode(targets)))


def _parts(task: Any, encoded: np.ndarray) -> np.ndarray:
    slices = task.target_slices()
    return np.hstack([PLAIN[part.name](part, encoded[:, slices[name]]) for name, part in task.parts.items()])


PLAIN = {
    "classification": lambda task, encoded: 40 * np.eye(task.size)[encoded[:, 0].astype(int)],
    "multilabel": lambda _, encoded: 80 * encoded - 40,
    "ordinal": lambda task, encoded: np.where(encoded > np.arange(task.size), 40.0, -40.0),
    "regression": lambda task, encoded: np.repeat(encoded, task.size, axis=1),
    "joint": _parts,
}
