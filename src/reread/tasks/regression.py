"""Regression: one number per text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from reread.errors import ConfigError, DataError
from reread.registry import unknown_name
from reread.tasks import tasks
from reread.tasks.aims import NUMBER, Aim
from reread.tasks.base import Floats, Targets, Task
from reread.tasks.metrics import mae, pearson, r2, rmse, spearman
from reread.typing import override

HEADLINES = {"squared": "rmse", "absolute": "mae", "huber": "mae", "quantile": "mae"}
USUAL_QUANTILES = (0.05, 0.5, 0.95)
LARGEST = 1e100  # squares and sums of larger numbers leave the range of a double


@tasks.register("regression")
class Regression(Task):
    """One number per text, standardised for the network and answered in the user's units.

    Args:
        mean: the mean of the training targets.
        scale: their standard deviation.
        loss: what training makes small: "squared", "absolute", "huber" or "quantile".
        quantiles: with loss "quantile", those that are learned, 0.5 among them; the prediction is that one.
    """

    name = "regression"
    higher_is_better = False

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

    @override
    def encode(self, targets: Sequence[Any]) -> Targets:
        return ((to_numbers(targets) - self.mean) / self.scale).astype(np.float32).reshape(-1, 1)

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
        """The number; of learned quantiles the one that is the prediction, as the network gives it."""
        if target is not None:
            raise ConfigError(f"target {target!r}: the answer is a number, it has no other")
        place = self.quantiles.index(0.5) if self.quantiles else 0
        return Aim("the number", NUMBER, self.scale * np.eye(self.size)[place], self.mean)

    @override
    def _mix(self, scores: Floats, weights: Floats) -> Floats:
        return np.tensordot(weights, np.sort(scores, axis=2), axes=1)

    @override
    def settings(self) -> dict[str, Any]:
        settings = {"mean": self.mean, "scale": self.scale, "loss": self.loss}
        return {**settings, "quantiles": list(self.quantiles)} if self.quantiles else settings

    def _in_units(self, scores: ArrayLike) -> Floats:
        """Answers (rows, size) in the user's units; crossed quantiles are put in order (Chernozhukov et al. 2010)."""
        return np.sort(self._check(scores), axis=1) * self.scale + self.mean

    def _prediction(self, answers: Floats) -> Floats:
        return answers[:, self.quantiles.index(0.5) if self.quantiles else 0]


def to_numbers(targets: Sequence[Any]) -> Floats:
    """Targets in double precision.

    Raises:
        DataError: one of them is missing, text, not finite or too large.
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


def _check_quantiles(loss: str, quantiles: Sequence[float] | None) -> tuple[float, ...]:
    if loss != "quantile":
        if quantiles:
            raise ConfigError(f'quantiles {list(quantiles)} with loss "{loss}"; they need loss "quantile"')
        return ()
    chosen = USUAL_QUANTILES if quantiles is None else tuple(map(float, quantiles))
    if 0.5 not in chosen or list(chosen) != sorted(set(chosen)) or not 0 < chosen[0] <= chosen[-1] < 1:
        raise ConfigError(f"quantiles {list(chosen)}; they must rise, lie between 0 and 1 and contain 0.5")
    return chosen
