"""Regression: one number per text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError
from reread.registry import unknown_name
from reread.tasks import tasks
from reread.tasks.aims import NUMBER, Aim
from reread.tasks.base import ClassWeights, Floats, Targets, Task
from reread.tasks.metrics import mae, pearson, r2, rmse, spearman
from reread.typing import override

HEADLINES = {"squared": "rmse", "absolute": "mae", "huber": "mae", "quantile": "mae"}
USUAL_QUANTILES = (0.05, 0.5, 0.95)
HUBER_STEPS = 50  # of reweighting: far more than any data needs
LARGEST = 1e100  # squares and sums of larger numbers overflow a double


@tasks.register("regression")
class Regression(Task):
    """One number per text, standardised for the network and answered in the user's units.

    Args:
        mean: the mean of the training targets.
        scale: their standard deviation.
        loss: what training minimises: "squared", "absolute", "huber" or "quantile".
        quantiles: with loss "quantile", the quantiles to learn, including 0.5, which is the prediction.
    """

    name = "regression"
    higher_is_better = False
    linear_fit = "ridge"
    blend_criterion = "rmse"
    target_kind = "number"
    outcome = "number"
    link = "identity"
    residual_kind = "interval"

    def __init__(
        self, mean: float, scale: float, loss: str = "squared", quantiles: Sequence[float] | None = None
    ) -> None:
        if loss not in HEADLINES:
            raise unknown_name("regression loss", loss, list(HEADLINES))
        if not (np.isfinite(mean) and 0 < scale < np.inf):
            raise ConfigError(f"mean {mean} and scale {scale}; both must be finite and the scale above 0")
        self.mean, self.scale, self.loss = float(mean), float(scale), loss
        self.quantiles = _check_quantiles(loss, quantiles)
        self.headline = HEADLINES[loss]

    @property
    @override
    def size(self) -> int:
        return max(1, len(self.quantiles))

    @property
    @override
    def target_width(self) -> int:
        return 1

    @classmethod
    @override
    def fit(cls, targets: Sequence[Any], loss: str = "squared", quantiles: Sequence[float] | None = None) -> Self:
        values = to_numbers(targets)
        if not values.size:
            raise DataError("there are no targets to learn from; regression needs at least two different numbers")
        if values.min() == values.max():
            raise DataError(f"every target is {values[0]}; regression needs at least two different numbers")
        return cls(float(values.mean()), float(values.std()), loss, quantiles)

    @classmethod
    @override
    def fits_linearly(cls, options: Mapping[str, Any]) -> bool:
        return options.get("loss") != "quantile"

    @override
    def restated(self, scores: Floats, task: Task) -> Floats:
        if not isinstance(task, Regression):
            return scores
        return (scores * self.scale + self.mean - task.mean) / task.scale

    @override
    def encode(self, targets: Sequence[Any]) -> Targets:
        return ((to_numbers(targets) - self.mean) / self.scale).astype(np.float32).reshape(-1, 1)

    @override
    def prior_scores(self, encoded: Targets, weights: ArrayLike, class_weights: ClassWeights | None = None) -> Floats:
        """The minimiser of the loss: the mean, the median, Huber's estimate between them, or the quantiles."""
        del class_weights  # there are no classes
        values, counts = encoded[:, 0].astype(np.float64), np.asarray(weights, dtype=np.float64)
        if self.loss == "quantile":
            return np.array([_weighted_quantile(values, counts, level) for level in self.quantiles])
        return np.array([_CENTRES[self.loss](values, counts)])

    @override
    def losses(self, encoded: Targets, scores: ArrayLike) -> Floats:
        """Squared or absolute errors of standardised numbers; of quantiles, their mean pinball loss."""
        errors = encoded[:, :1] - self._check(scores)
        if self.quantiles:
            levels = np.asarray(self.quantiles)
            return np.asarray(np.maximum(levels * errors, (levels - 1) * errors).mean(axis=1), dtype=np.float64)
        return np.asarray((errors**2 if self.loss == "squared" else np.abs(errors))[:, 0], dtype=np.float64)

    @override
    def probabilities(self, scores: ArrayLike) -> None:
        return None

    @override
    def residuals(self, targets: Sequence[Any], scores: ArrayLike) -> Floats:
        return np.abs(to_numbers(targets) - self._prediction(self._in_units(scores)))

    @override
    def predict(self, scores: ArrayLike) -> list[float]:
        return list(self._prediction(self._in_units(scores)).tolist())

    @override
    def as_array(self, answers: Sequence[Any]) -> NDArray[Any]:
        return np.asarray(answers, dtype=np.float64)

    @override
    def columns(self, scores: ArrayLike) -> dict[str, list[Any]]:
        answers = self._in_units(scores)
        quantiles = {f"quantile:{quantile}": answers[:, k].tolist() for k, quantile in enumerate(self.quantiles)}
        return {"prediction": self._prediction(answers).tolist(), **quantiles}

    @override
    def metrics(self, targets: Sequence[Any], scores: ArrayLike, weights: ArrayLike | None = None) -> dict[str, float]:
        truth, answer = to_numbers(targets), self._prediction(self._in_units(scores))
        self._check_rows(truth, answer)
        functions = {"mae": mae, "rmse": rmse, "r2": r2, "pearson": pearson, "spearman": spearman}
        names = sorted(functions, key=lambda name: name != self.headline)
        return {name: functions[name](truth, answer, weights) for name in names}

    @override
    def aim(self, scores: ArrayLike, target: object = None) -> Aim:
        """The number; with learned quantiles the median, as the network predicts it."""
        if target is not None:
            raise ConfigError(f"target {target!r}: a regression answers with one number; leave target out")
        place = self.quantiles.index(0.5) if self.quantiles else 0
        return Aim(name="the number", unit=NUMBER, weights=self.scale * np.eye(self.size)[place], offset=self.mean)

    @override
    def _mix(self, scores: Floats, weights: Floats) -> Floats:
        return np.tensordot(weights, np.sort(scores, axis=2), axes=1)

    @override
    def settings(self) -> dict[str, Any]:
        settings = {"mean": self.mean, "scale": self.scale, "loss": self.loss}
        return {**settings, "quantiles": list(self.quantiles)} if self.quantiles else settings

    def _in_units(self, scores: ArrayLike) -> Floats:
        """Answers (rows, size) in the user's units; crossed quantiles are sorted (Chernozhukov et al. 2010)."""
        return np.sort(self._check(scores), axis=1) * self.scale + self.mean

    def _prediction(self, answers: Floats) -> Floats:
        return answers[:, self.quantiles.index(0.5) if self.quantiles else 0]


def to_numbers(targets: Sequence[Any]) -> Floats:
    """Targets in double precision.

    Raises:
        DataError: a target is missing, a text, not finite or too large.
    """
    kinds = {type(target) for target in targets}
    wrong = [kind for kind in kinds if not issubclass(kind, Real | Decimal)]
    if wrong:
        example = next(target for target in targets if type(target) in wrong)
        raise DataError(f"a target is {example!r}; regression needs a number for every text")
    values = np.array([_double(target) for target in targets], dtype=np.float64)
    unusable = values[~(np.abs(values) <= LARGEST)]
    if unusable.size:
        raise DataError(f"a target is {unusable[0]}; regression needs finite numbers, none beyond {LARGEST:g}")
    return values


def _double(target: Any) -> float:
    try:
        return float(target)
    except OverflowError:  # an integer beyond every double
        return math.inf


def _weighted_mean(values: Floats, weights: Floats) -> float:
    return float(np.average(values, weights=weights))


def _weighted_quantile(values: Floats, weights: Floats, level: float) -> float:
    """The smallest value with at least this share of the weight at or below it."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, level * reached[-1])])


def _weighted_median(values: Floats, weights: Floats) -> float:
    return _weighted_quantile(values, weights, 0.5)


def _huber_centre(values: Floats, weights: Floats) -> float:
    """The minimum of Huber's loss with δ = 1, by iteratively reweighted means in which distant values count less."""
    centre = _weighted_median(values, weights)
    for _ in range(HUBER_STEPS):
        centre = _weighted_mean(values, weights / np.maximum(1.0, np.abs(values - centre)))
    return centre


_CENTRES = {"squared": _weighted_mean, "absolute": _weighted_median, "huber": _huber_centre}


def _check_quantiles(loss: str, quantiles: Sequence[float] | None) -> tuple[float, ...]:
    if loss != "quantile":
        if quantiles:
            raise ConfigError(f'quantiles {list(quantiles)} with loss "{loss}"; they need loss "quantile"')
        return ()
    chosen = USUAL_QUANTILES if quantiles is None else tuple(map(float, quantiles))
    if 0.5 not in chosen or list(chosen) != sorted(set(chosen)) or not 0 < chosen[0] <= chosen[-1] < 1:
        raise ConfigError(f"quantiles {list(chosen)}; they must rise, lie between 0 and 1 and contain 0.5")
    return chosen
