"""What tasks with one class per text have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.tasks.base import ClassWeights, Floats, Targets
from reread.tasks.class_task import ClassTask, balanced, parts_of
from reread.tasks.labels import ClassIndex, Label, check_classes
from reread.tasks.metrics import class_metrics
from reread.typing import override


class SingleLabelTask(ClassTask):
    """One class per text. Subclasses define how scores become probabilities and which class they choose.

    Args:
        classes: the classes in their order.
    """

    outcome = "class"
    can_abstain = True
    residual_kind = "sets"

    def __init__(self, classes: Sequence[Label]) -> None:
        self.classes = check_classes(classes)
        self._index = ClassIndex(self.classes)

    @abstractmethod
    def class_probabilities(self, scores: Floats) -> Floats:
        """Map scores (rows, size) to the classes' probabilities (rows, classes)."""

    @abstractmethod
    def class_log_probabilities(self, scores: Floats) -> Floats:
        """Map scores (rows, size) to the logs of these probabilities (rows, classes), all finite."""

    @abstractmethod
    def choice(self, scores: Floats) -> NDArray[np.int64]:
        """Map scores (rows, size) to the chosen class's index (rows,)."""

    @property
    @override
    def target_width(self) -> int:
        return 1

    @override
    def encode(self, targets: Sequence[Any]) -> Targets:
        return np.fromiter(map(self._index, targets), dtype=np.float32).reshape(-1, 1)

    @override
    def probabilities(self, scores: ArrayLike) -> Floats:
        return self.class_probabilities(self._check(scores))

    @override
    def log_likelihood(self, encoded: Targets, scores: ArrayLike) -> Floats:
        return np.take_along_axis(
            self.class_log_probabilities(self._check(scores)), encoded[:, :1].astype(np.int64), axis=1
        )

    @override
    def confidence(self, scores: ArrayLike) -> Floats:
        checked = self._check(scores)
        return np.take_along_axis(self.class_probabilities(checked), self.choice(checked)[:, None], axis=1)[:, 0]

    @override
    def residuals(self, targets: Sequence[Any], scores: ArrayLike) -> Floats:
        return 1 - self.likelihood(self.encode(targets), scores)[:, 0]

    @override
    def prior_scores(self, encoded: Targets, weights: ArrayLike, class_weights: ClassWeights | None = None) -> Floats:
        classes, counts = encoded[:, 0].astype(np.int64), np.asarray(weights, dtype=np.float64)
        if class_weights is not None:
            counts = counts * np.asarray(class_weights)[classes]
        class_counts = np.bincount(classes, counts, len(self.classes)).astype(np.float64)
        return self.scores_of_shares(shares(class_counts, len(encoded)))

    @override
    def balanced_weights(self, encoded: Targets) -> Targets:
        classes, rows = len(self.classes), len(encoded)
        counts = np.bincount(encoded[:, 0].astype(np.int64), minlength=classes).astype(np.float64)
        return balanced(np.full(classes, rows / classes), counts)

    @override
    def stratum(self, encoded: Targets) -> Targets:
        return encoded[:, 0]

    @override
    def certain(self, shares: Targets) -> tuple[NDArray[np.int64], Targets, Targets]:
        rows, classes, parts = parts_of(shares)
        return rows, classes[:, None].astype(np.float32), parts

    @abstractmethod
    def scores_of_shares(self, shares: Floats) -> Floats:
        """The scores (size,) whose probabilities are these shares (classes,), none of them 0."""

    def whole(self, members: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Sets of classes (rows, classes), completed where the task requires it."""
        return members

    @override
    def predict(self, scores: ArrayLike) -> list[Label]:
        return [self.classes[index] for index in self.choice(self._check(scores))]

    @override
    def as_array(self, answers: Sequence[Any]) -> NDArray[Any]:
        return np.asarray(answers, dtype=self.class_names().dtype)

    @override
    def columns(self, scores: ArrayLike) -> dict[str, list[Any]]:
        return {"prediction": self.predict(scores), **probability_columns(self.classes, self.probabilities(scores))}

    @override
    def metrics(self, targets: Sequence[Any], scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        encoded, checked = self.encode(targets), self._check(scores)
        self._check_rows(encoded, checked)
        truth = encoded[:, 0].astype(np.int64)
        return class_metrics(truth, self.choice(checked), self.class_probabilities(checked), weights)

    @override
    def settings(self) -> dict[str, Any]:
        return {"classes": list(self.classes)}


def shares(counts: Floats, rows: int) -> Floats:
    """The share of each count; 0 of this many rows counts as half a row."""
    filled = np.maximum(counts, counts.sum() / (2 * rows))
    return np.asarray(filled / filled.sum(), dtype=np.float64)


PROBABILITY = "probability:"
"""What the names of columns of probabilities begin with."""


def probability_columns(classes: Sequence[Label], probabilities: Floats) -> dict[str, list[Any]]:
    """One column of probabilities per class."""
    return {f"{PROBABILITY}{label}": probabilities[:, index].tolist() for index, label in enumerate(classes)}


def sigmoid(scores: Floats) -> Floats:
    """The logistic function; small probabilities keep their precision and nothing overflows."""
    return np.exp(log_sigmoid(scores))


def log_sigmoid(scores: Floats) -> Floats:
    """The logarithm of `sigmoid`."""
    return np.asarray(-np.logaddexp(0, -scores), dtype=np.float64)
