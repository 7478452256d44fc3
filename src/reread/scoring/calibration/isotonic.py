"""Isotonic calibration: a rising curve of any shape for each score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError
from reread.recipes.fitting import Bound, fit_table
from reread.scoring.calibration import Calibration, calibrations
from reread.scoring.calibration.base import Floats
from reread.tasks import Task
from reread.tasks.class_task import ClassTask, has_classes
from reread.typing import override

WHERE = "config.json: calibration"
Chance: TypeAlias = Annotated[float, Bound("above 0 and below 1", lambda value: 0 < value < 1)]
Finite: TypeAlias = Annotated[float, Bound("that is finite", np.isfinite)]
CURVE: Mapping[str, Any] = {"log_odds": tuple[Finite, ...], "chances": tuple[Chance, ...]}


class Curve(NamedTuple):
    """A rising line through points: log-odds → probability; constant beyond its ends."""

    log_odds: Floats
    chances: Floats


@calibrations.register("isotonic")
class Isotonic(Calibration):
    """A rising curve for each score (Zadrozny & Elkan 2002); the classes' probabilities are then made to sum to 1.

    The curve joins the centres of the blocks of pool-adjacent-violators (Oron & Flournoy 2017, centered isotonic
    regression): unlike a step function, it keeps almost all of the scores' order. It can change answers, and needs a
    few hundred rows of every class.

    Args:
        task: what the scores mean.
        curves: one for each score.
    """

    name = "isotonic"

    def __init__(self, task: ClassTask, curves: Sequence[Curve]) -> None:
        self.task, self.curves = task, tuple(curves)

    @classmethod
    @override
    def fit(
        cls, task: ClassTask, scores: Floats, encoded: NDArray[np.float32], weights: Floats, *, spread: float = 1.0
    ) -> Self:
        del spread  # it learns a curve of any shape from the rows alone
        log_odds, events = task.log_odds(scores), task.events(encoded)
        # An event without a row can still happen: one extra row is spread over the scores.
        least = 1 / ((len(weights) + 1) * task.size)
        curves = [rising_curve(log_odds[:, k], events[:, k], weights) for k in range(task.size)]
        return cls(task, [Curve(each.log_odds, np.clip(each.chances, least, 1 - least)) for each in curves])

    @override
    def apply(self, scores: ArrayLike) -> Floats:
        log_odds = self.task.log_odds(scores)
        probabilities = np.empty_like(log_odds)
        for k, curve in enumerate(self.curves):
            probabilities[:, k] = np.interp(log_odds[:, k], curve.log_odds, curve.chances)
        return self.task.from_log_odds(np.log(probabilities) - np.log1p(-probabilities))

    @override
    def settings(self) -> dict[str, Any]:
        return {"curves": [{name: line.tolist() for name, line in curve._asdict().items()} for curve in self.curves]}

    @override
    def describe(self) -> str:
        points = sum(len(curve.chances) for curve in self.curves)
        return f"isotonic, {len(self.curves)} curves of {points} points in all"

    @classmethod
    @override
    def from_config(cls, settings: Mapping[str, Any], task: Task) -> Self:
        tables = fit_table(settings, {"curves": tuple[Any, ...]}, WHERE)["curves"]
        if not has_classes(task) or len(tables) != task.size:
            raise ConfigError(
                f"{WHERE}: {len(tables)} curves for a {task.name} of {task.size} scores; expected one for each"
            )
        return cls(task, [_read(table, f"{WHERE}: curve {k}") for k, table in enumerate(tables)])


def rising_curve(log_odds: Floats, came_true: NDArray[np.bool_], weights: Floats) -> Curve:
    """The centres of the blocks of isotonic regression: the mean log-odds, and the share that came true.

    Written here because blending must not need scikit-learn; each pass pools all falling runs at once.

    Args:
        log_odds: the predictions, (rows,).
        came_true: whether the event happened, (rows,).
        weights: how much each row counts, (rows,).
    """
    position, place = np.unique(log_odds, return_inverse=True)
    weight = np.bincount(place, weights)
    share = np.bincount(place, weights * came_true) / weight
    while (falls := share[1:] <= share[:-1]).any():
        block = np.concatenate([[0], np.cumsum(~falls)])
        pooled = np.bincount(block, weight)
        position, share = (np.bincount(block, weight * values) / pooled for values in (position, share))
        weight = pooled
    return Curve(position, share)


def _read(table: Any, where: str) -> Curve:
    fitted = fit_table(table, CURVE, where)
    curve = Curve(*(np.array(fitted[name], dtype=np.float64) for name in CURVE))
    counts = [len(line) for line in curve]
    if not (counts[0] == counts[1] > 0 and (np.diff(curve.log_odds) > 0).all() and (np.diff(curve.chances) >= 0).all()):
        raise ConfigError(
            f"{where} of {counts[0]} and {counts[1]} numbers; expected the same number of both, each rising"
        )
    return curve
