"""Multi-label targets: any number of labels per text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError
from reread.tasks import tasks
from reread.tasks.aims import Aim, one_score, place_of
from reread.tasks.base import ClassWeights, Floats, Targets
from reread.tasks.class_task import ClassTask, balanced, parts_of
from reread.tasks.labels import ClassIndex, Label, check_classes, learn_classes
from reread.tasks.metrics import label_metrics
from reread.tasks.mixing import mean_logits
from reread.tasks.single_label import log_sigmoid, probability_columns, sigmoid
from reread.typing import override


@tasks.register("multilabel")
class Multilabel(ClassTask):
    """Any number of labels per text, or none: score c is the logit of label c.

    Args:
        classes: the labels in the order of the scores.
        thresholds: the probability above which each label is given; 0.5 for all if not given.
    """

    name = "multilabel"
    headline = "map"  # asks for no threshold, so it moves from the first step on
    higher_is_better = True
    loss = "binary_cross_entropy"
    linear_fit = "binary_logistic"
    outcome = "labels"
    link = "sigmoid"
    on_offset = True
    each_class_scores = True

    def __init__(self, classes: Sequence[Label], thresholds: Sequence[float] | None = None) -> None:
        self.classes = check_classes(classes)
        self.thresholds = np.asarray([0.5] * len(self.classes) if thresholds is None else thresholds, dtype=np.float64)
        if self.thresholds.shape != (len(self.classes),) or not ((self.thresholds >= 0) & (self.thresholds <= 1)).all():
            raise ConfigError(
                f"thresholds {thresholds}; there must be one from 0 to 1 for each of {len(self.classes)} labels"
            )
        self._index = ClassIndex(self.classes)

    @property
    @override
    def size(self) -> int:
        return len(self.classes)

    @property
    @override
    def target_width(self) -> int:
        return len(self.classes)

    @property
    @override
    def decided(self) -> range:
        return range(self.size)

    @classmethod
    @override
    def fit(cls, targets: Sequence[Any]) -> Self:
        return cls(learn_classes(chain.from_iterable(_lists(targets))))

    @override
    def encode(self, targets: Sequence[Any]) -> Targets:
        lists = _lists(targets)
        encoded = np.zeros((len(lists), self.size), dtype=np.float32)
        for row, labels in zip(encoded, lists, strict=True):
            row[[self._index(label) for label in labels]] = 1
        return encoded

    @override
    def probabilities(self, scores: ArrayLike) -> Floats:
        return sigmoid(self._check(scores))

    @override
    def prior_scores(self, encoded: Targets, weights: ArrayLike, class_weights: ClassWeights | None = None) -> Floats:
        """Those of each label; its class weight applies to the rows that have it."""
        counts = np.asarray(weights, dtype=np.float64)
        given = counts @ (encoded > 0)
        absent = counts.sum() - given
        if class_weights is not None:
            given = given * np.asarray(class_weights)
        least = counts.sum() / (2 * len(encoded))  # half a row
        return np.asarray(np.log(np.maximum(given, least)) - np.log(np.maximum(absent, least)), dtype=np.float64)

    @override
    def balanced_weights(self, encoded: Targets) -> Targets:
        counts = encoded.sum(axis=0, dtype=np.float64)
        return balanced(len(encoded) - counts, counts)

    @override
    def certain(self, shares: Targets) -> tuple[NDArray[np.int64], Targets, Targets]:
        """The sets of labels above each threshold, weighted by how many thresholds have that set.

        A label with probability p is in the sets of a part p of all thresholds.
        """
        levels = np.sort(shares, axis=1)[:, ::-1]
        edges = np.pad(levels, ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0)))
        rows, sizes, parts = parts_of(edges[:, :-1] - edges[:, 1:])
        ranks = np.argsort(np.argsort(-shares, axis=1, kind="stable"), axis=1)
        return rows, (ranks[rows] < sizes[:, None]).astype(np.float32), parts

    @override
    def log_likelihood(self, encoded: Targets, scores: ArrayLike) -> Floats:
        checked = self._check(scores)
        return log_sigmoid(np.where(encoded > 0, checked, -checked))

    @override
    def events(self, encoded: Targets) -> NDArray[np.bool_]:
        return encoded > 0

    @override
    def predict(self, scores: ArrayLike) -> list[list[Label]]:
        given = self.probabilities(scores) > self.thresholds
        return [[self.classes[index] for index in np.flatnonzero(row)] for row in given]

    @override
    def columns(self, scores: ArrayLike) -> dict[str, list[Any]]:
        return {"prediction": self.predict(scores), **probability_columns(self.classes, self.probabilities(scores))}

    @override
    def metrics(self, targets: Sequence[Any], scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        encoded, probabilities = self.encode(targets), self.probabilities(scores)
        self._check_rows(encoded, probabilities)
        return label_metrics(encoded > 0, probabilities > self.thresholds, probabilities, weights)

    @override
    def aim(self, scores: ArrayLike, target: object = None) -> Aim:
        """The evidence for a label; without a target, for the most probable given label, or of all if none is given."""
        return self.aims(scores, target)[0]

    @override
    def aims(self, scores: ArrayLike, target: object = None) -> list[Aim]:
        """Without a target one for each label that is given, the most probable first."""
        if target is not None:
            return [self._aim(place_of(target, self.classes, "label"))]
        (probabilities,) = self.probabilities(np.atleast_2d(scores))
        ranked = np.argsort(-np.asarray(scores), kind="stable").tolist()
        given = [self._aim(place) for place in ranked if probabilities[place] > self.thresholds[place]]
        return given or [self._aim(ranked[0], " (the most probable; no label is given)")]

    def _aim(self, place: int, note: str = "") -> Aim:
        return one_score(f"{self.classes[place]}{note}", self.size, place, [place])

    @override
    def _mix(self, scores: Floats, weights: Floats) -> Floats:
        return mean_logits(scores, weights)

    @override
    def settings(self) -> dict[str, Any]:
        return {"classes": list(self.classes), "thresholds": self.thresholds.tolist()}


def _lists(targets: Iterable[Any]) -> list[list[Any]]:
    """Each text's labels as a list.

    Raises:
        DataError: a text's labels are not a list, or the targets are a 0/1 matrix instead of labels.
    """
    if isinstance(targets, np.ndarray) and targets.ndim > 1:
        raise DataError(f"targets of shape {targets.shape}; multilabel needs a list of labels per text, not a matrix")
    return [_as_list(labels) for labels in targets]


def _as_list(labels: Any) -> list[Any]:
    if not isinstance(labels, list | tuple | set | frozenset | np.ndarray):
        raise DataError(f"{labels!r} is not a list; multilabel needs a list of labels for each text, empty for none")
    return list(labels)
