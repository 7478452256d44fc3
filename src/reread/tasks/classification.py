"""Classification: one of several classes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any, Self, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError
from reread.tasks import tasks
from reread.tasks.aims import Aim, against_the_others, place_of
from reread.tasks.base import Floats, Targets
from reread.tasks.labels import Label, learn_classes, listing, quoted, to_label
from reread.tasks.mixing import log_mean
from reread.tasks.single_label import SingleLabelTask
from reread.typing import override

SIDES = ("negative", "positive")
SMALLEST = float(np.finfo(np.float64).tiny)  # the logarithm of a probability is at most minus this


@tasks.register("classification")
class Classification(SingleLabelTask):
    """One of several classes: the scores are logits, one per class, that softmax turns into probabilities.

    Args:
        classes: the classes in their order.
        above: the targets are numbers, and those above this one are of the second class, the others of the first
            (docs/sources.md, S4).
        thresholds: with two classes, one number: the probability above which the second is the answer; None: the
            more probable class is.

    Raises:
        ConfigError: ``above`` is not a number, there are not two classes to go with it, or a class is a number itself;
            or ``thresholds`` is not one number from 0 to 1, or there are not two classes.
    """

    name = "classification"
    headline = "accuracy"
    higher_is_better = True
    loss = "cross_entropy"
    linear_fit = "logistic"
    link = "softmax"
    can_grow = True
    explains_class = True
    each_class_scores = True

    def __init__(
        self, classes: Sequence[Label], above: float | None = None, thresholds: Sequence[float] | None = None
    ) -> None:
        super().__init__(classes)
        self.above = above
        if above is not None:
            self._check_above(above)
        self.thresholds = np.asarray([] if thresholds is None else thresholds, dtype=np.float64)
        fits = self.thresholds.shape == (len(self.decided),) and ((self.thresholds >= 0) & (self.thresholds <= 1)).all()
        if thresholds is not None and not fits:
            raise ConfigError(f"thresholds {list(thresholds)}; there must be one from 0 to 1, and two classes")

    def _check_above(self, above: Any) -> None:
        if isinstance(above, bool) or not isinstance(above, Real) or not math.isfinite(above):
            raise ConfigError(f"above = {above!r}: expected a number, such as 3")
        if len(self.classes) != 2:
            raise ConfigError(f"above = {above} splits numbers into two classes, not into {listing(self.classes)}")
        if any(_number(label) is not None for label in self.classes):  # a target 1 could be a number or the class 1
            raise ConfigError(
                f"above = {above} splits numbers, so its classes {listing(self.classes)} cannot be numbers; "
                'use names such as "negative", "positive"'
            )

    @property
    @override
    def decided(self) -> range:
        return range(1, 2 if len(self.classes) == 2 else 1)

    @property
    @override
    def size(self) -> int:
        return len(self.classes)

    @classmethod
    @override
    def fit(cls, targets: Sequence[Any], above: float | None = None, classes: Sequence[Label] | None = None) -> Self:
        """Learn the classes.

        Args:
            targets: the labels, or numbers where ``above`` is given.
            above: splits the numbers into two classes.
            classes: their names, the lower one first; None: negative and positive.

        Raises:
            ConfigError: ``classes`` without ``above``, or ``above`` does not fit the classes.
        """
        if above is None and classes is not None:
            raise ConfigError(f"classes = {listing(classes)} name the two sides of a threshold; set above = NUMBER too")
        if above is None:
            return cls(learn_classes(targets))
        task = cls(SIDES if classes is None else classes, above)
        sides = set(task.encode(targets)[:, 0])
        if len(sides) < 2:
            raise DataError(f"no target is {'at most' if 1 in sides else 'above'} {above:g}; both classes are needed")
        return task

    @override
    def encode(self, targets: Sequence[Any]) -> Targets:
        return super().encode(self.named(targets))

    @override
    def named(self, targets: Sequence[Any]) -> list[Any]:
        return list(targets) if self.above is None else [self._side(target) for target in targets]

    def _side(self, target: Any) -> Label:
        """The class of a number; a class's name stays as it is."""
        label, above = to_label(target), cast("float", self.above)
        if label in self.classes:
            return label
        number = _number(label)
        if number is None:
            raise DataError(
                f"label {quoted(label)} is neither a number, which above = {above:g} needs, "
                f"nor one of {listing(self.classes)}"
            )
        return self.classes[int(number > above)]

    @override
    def settings(self) -> dict[str, Any]:
        above = {} if self.above is None else {"above": self.above}
        return super().settings() | above | ({"thresholds": self.thresholds.tolist()} if self.thresholds.size else {})

    @override
    def class_probabilities(self, scores: Floats) -> Floats:
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)

    @override
    def class_log_probabilities(self, scores: Floats) -> Floats:
        return np.asarray(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True), dtype=np.float64)

    @override
    def scores_of_shares(self, shares: Floats) -> Floats:
        return np.asarray(np.log(shares), dtype=np.float64)

    @override
    def choice(self, scores: Floats) -> NDArray[np.int64]:
        if self.thresholds.size:
            return np.asarray(self.class_probabilities(scores)[:, 1] > self.thresholds[0], dtype=np.int64)
        return np.asarray(scores.argmax(axis=1), dtype=np.int64)

    @override
    def aim(self, scores: ArrayLike, target: object = None) -> Aim:
        chosen = (
            int(self.choice(self._check(np.atleast_2d(scores)))[0])
            if target is None
            else place_of(target, self.classes, "class")
        )
        return against_the_others(self.classes, chosen)

    @override
    def events(self, encoded: Targets) -> NDArray[np.bool_]:
        return np.asarray(encoded[:, :1] == np.arange(self.size), dtype=np.bool_)

    @override
    def log_odds(self, scores: ArrayLike) -> Floats:
        """Those of each class against all the others."""
        checked = self._check(scores)
        log_probabilities = np.minimum(self.class_log_probabilities(checked), -SMALLEST)
        return np.asarray(log_probabilities - np.log(-np.expm1(log_probabilities)), dtype=np.float64)

    @override
    def from_log_odds(self, log_odds: Floats) -> Floats:
        """Softmax makes the probabilities sum to 1."""
        return -np.logaddexp(0, -log_odds)

    @override
    def _mix(self, scores: Floats, weights: Floats) -> Floats:
        return log_mean(scores - np.logaddexp.reduce(scores, axis=2, keepdims=True), weights)


def _number(label: Label) -> float | None:
    """The number that a label is or spells; None if it is not a finite number."""
    try:
        number = float(label)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None
