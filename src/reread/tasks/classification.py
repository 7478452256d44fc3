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
SMALLEST = float(np.finfo(np.float64).tiny)  # by which the logarithm of a chance is below 0


@tasks.register("classification")
class Classification(SingleLabelTask):
    """One of several classes: the scores are logits, one per class, that softmax makes probabilities.

    Args:
        classes: the classes in their order.
        above: targets are numbers: those above this are of the second class, the others of the first (docs/sources.md, S4).
        thresholds: of two classes, one number: the probability above which the second is answered; none: the likelier one.

    Raises:
        ConfigError: ``above`` is no number, or comes with other than two classes, or with a class that is a number itself; or
            thresholds that are not one share, or not of two classes.
    """

    name = "classification"
    headline = "accuracy"
    higher_is_better = True
    loss = "cross_entropy"
    linear_fit = "logistic"
    explains_class = True

    def __init__(
        self, classes: Sequence[Label], above: float | None = None, thresholds: Sequence[float] | None = None
    ) -> None:
        super().__init__(classes)
        self.above = above
        if above is not None:
            self._check_parting(above)
        self.thresholds = np.asarray([] if thresholds is None else thresholds, dtype=np.float64)
        fits = self.thresholds.shape == (len(self.decided),) and ((self.thresholds >= 0) & (self.thresholds <= 1)).all()
        if thresholds is not None and not fits:
            raise ConfigError(f"thresholds {list(thresholds)}; there must be one from 0 to 1, and two classes")

    def _check_parting(self, above: Any) -> None:
        if isinstance(above, bool) or not isinstance(above, Real) or not math.isfinite(above):
            raise ConfigError(f"above = {above!r}: expected a number, such as 3")
        if len(self.classes) != 2:
            raise ConfigError(f"above = {above} splits numbers into two classes, not into {listing(self.classes)}")
        if any(_number(label) is not None for label in self.classes):  # a target 1 is a number to part, or the class 1?
            raise ConfigError(
                f'above = {above} splits numbers, so its classes {listing(self.classes)} cannot be numbers; use names such as "negative", "positive"'
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
            above: parts the numbers in two classes.
            classes: their names, the lower one first; None: negative and positive.

        Raises:
            ConfigError: ``above`` and ``classes`` cannot go together.
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
        """The class of a number; a class that is named already stays."""
        label, above = to_label(target), cast("float", self.above)
        if label in self.classes:
            return label
        number = _number(label)
        if number is None:
            raise DataError(
                f"label {quoted(label)} is neither a number, which above = {above:g} needs, nor one of {listing(self.classes)}"
            )
        return self.classes[int(number > above)]

    @override
    def settings(self) -> dict[str, Any]:
        above = {} if self.above is None else {"above": self.above}
        return super().settings() | above | ({"thresholds": self.thresholds.tolist()} if self.thresholds.size else {})

    @override
    def chances(self, scores: Floats) -> Floats:
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)

    @override
    def log_chances(self, scores: Floats) -> Floats:
        return np.asarray(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True), dtype=np.float64)

    @override
    def scores_of_shares(self, shares: Floats) -> Floats:
        return np.asarray(np.log(shares), dtype=np.float64)

    @override
    def choice(self, scores: Floats) -> NDArray[np.int64]:
        if self.thresholds.size:
            return np.asarray(self.chances(scores)[:, 1] > self.thresholds[0], dtype=np.int64)
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
        """Of each class against all the others."""
        checked = self._check(scores)
        chances = np.minimum(self.log_chances(checked), -SMALLEST)
        return np.asarray(chances - np.log(-np.expm1(chances)), dtype=np.float64)

    @override
    def from_log_odds(self, log_odds: Floats) -> Floats:
        """Softmax makes the sum of their chances 1."""
        return -np.logaddexp(0, -log_odds)

    @override
    def _mix(self, scores: Floats, weights: Floats) -> Floats:
        return log_mean(scores - np.logaddexp.reduce(scores, axis=2, keepdims=True), weights)


def _number(label: Label) -> float | None:
    """The number that a label is or spells; None where it is none, or not a finite one."""
    try:
        number = float(label)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None
