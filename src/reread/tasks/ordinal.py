"""Ordinal targets: classes with an order."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.tasks import tasks
from reread.tasks.aims import Aim, one_score, place_of
from reread.tasks.base import Floats, Targets
from reread.tasks.labels import Label, learn_classes, quoted
from reread.tasks.metrics import mae, quadratic_kappa
from reread.tasks.mixing import mean_logits
from reread.tasks.single_label import SingleLabelTask, log_sigmoid, sigmoid
from reread.typing import override

logger = logging.getLogger(__name__)

SMALLEST = float(np.finfo(np.float64).tiny)  # least gap between log-odds: no class has probability 0


@tasks.register("ordinal")
class Ordinal(SingleLabelTask):
    """Classes in an order, from lowest to highest: score k is the logit of "above class k" (Frank & Hall 2001).

    The probability of "above k" must not increase with k, so the scores are put in falling order, which brings them
    nearer to the truth (Chernozhukov, Fernández-Val and Galichon 2010). The prediction is the median class: the number
    of thresholds that are exceeded with a probability above 0.5.
    """

    name = "ordinal"
    headline = "quadratic_kappa"
    higher_is_better = True
    loss = "ordinal_cross_entropy"
    linear_fit = "ordinal_logistic"
    link = "cumulative"
    ordered = True

    @property
    @override
    def size(self) -> int:
        return len(self.classes) - 1

    @classmethod
    @override
    def fit(cls, targets: Sequence[Any], order: Sequence[Any] | None = None) -> Self:
        """Learn the classes; ``order`` names them from lowest to highest, numbers need no order.

        Raises:
            DataError: there is only one class, the types are mixed, or ``order`` lacks a label.
        """
        classes = learn_classes(targets)
        if order is None:
            return cls(_natural_order(classes))
        typed = {str(label): label for label in classes}
        task = cls([typed.get(str(item), item) for item in order])
        task.encode(classes)
        return task

    @override
    def class_probabilities(self, scores: Floats) -> Floats:
        above = sigmoid(_falling(scores))
        bounded = np.pad(above, ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0)))
        return np.asarray(bounded[:, :-1] - bounded[:, 1:], dtype=np.float64)

    @override
    def class_log_probabilities(self, scores: Floats) -> Floats:
        """log(σ(a) - σ(b)) = log σ(a) + log σ(-b) + log(1 - e^(b - a)).

        a and b are the log-odds of "above the class below" and of "above this class".
        """
        above = _falling(scores)
        bounded = np.pad(above, ((0, 0), (1, 1)), constant_values=((0, 0), (np.inf, -np.inf)))
        upper, lower = bounded[:, :-1], bounded[:, 1:]
        gap = np.maximum(upper - lower, SMALLEST)
        return np.asarray(log_sigmoid(upper) + log_sigmoid(-lower) + np.log(-np.expm1(-gap)), dtype=np.float64)

    @override
    def scores_of_shares(self, shares: Floats) -> Floats:
        """The log-odds of "above class k"."""
        up_to = np.cumsum(shares)[:-1]
        above = np.cumsum(shares[::-1])[:-1][::-1]
        return np.asarray(np.log(above) - np.log(up_to), dtype=np.float64)

    @override
    def choice(self, scores: Floats) -> NDArray[np.int64]:
        return np.asarray((sigmoid(scores) > 0.5).sum(axis=1), dtype=np.int64)

    @override
    def whole(self, members: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Sets without gaps: every class between two members is one."""
        from_below = np.logical_or.accumulate(members, axis=1)
        from_above = np.logical_or.accumulate(members[:, ::-1], axis=1)[:, ::-1]
        return from_below & from_above

    @override
    def events(self, encoded: Targets) -> NDArray[np.bool_]:
        return encoded[:, :1] > np.arange(self.size)

    @override
    def log_odds(self, scores: ArrayLike) -> Floats:
        return np.asarray(_falling(self._check(scores)), dtype=np.float64)

    @override
    def metrics(self, targets: Sequence[Any], scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        """Those of classification, with the agreement and the mean absolute error in steps of the order."""
        others = super().metrics(targets, scores, weights)
        truth, answer = self.encode(targets)[:, 0].astype(np.int64), self.choice(self._check(scores))
        return {
            "quadratic_kappa": quadratic_kappa(truth, answer, weights),
            "mae": mae(truth, answer, weights),
            **others,
        }

    @override
    def aim(self, scores: ArrayLike, target: object = None) -> Aim:
        """The evidence for a higher class; with a target, for at least that class."""
        if target is None:
            return Aim(
                name="higher",
                unit="log-odds of a class or a higher one, in the mean",
                weights=np.full(self.size, 1 / self.size),
            )
        place = place_of(target, self.classes[1:], "class above the lowest")
        score = int(np.argsort(-np.ravel(scores), kind="stable")[place])
        return one_score(f"at least {self.classes[place + 1]}", self.size, score, range(place + 1, len(self.classes)))

    @override
    def _mix(self, scores: Floats, weights: Floats) -> Floats:
        return mean_logits(_falling(scores), weights)


def _falling(scores: Floats) -> Floats:
    """Scores (…, thresholds) in falling order."""
    return np.asarray(-np.sort(-scores, axis=-1))


def _natural_order(classes: Sequence[Label]) -> list[Label]:
    """Numbers, even as text, by size; other labels in sorted order, which may not be the intended order."""
    try:
        return sorted(classes, key=_size)
    except ValueError:
        shown = " < ".join(quoted(label) for label in classes)
        logger.warning("ordinal labels in sorted order: %s; name the order if another is meant", shown)
        return list(classes)


def _size(label: Label) -> float:
    size = float(label)
    if not math.isfinite(size):
        raise ValueError(label)
    return size
