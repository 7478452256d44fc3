"""The calibration of any task, learned or read: of a joint one part by part, of numbers none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError, DataError
from reread.recipes.fitting import fit_table
from reread.scoring.calibration import Calibration, Method, calibrations
from reread.scoring.calibration.base import Floats
from reread.scoring.calibration.none import Uncalibrated
from reread.tasks import Task
from reread.tasks.class_task import ClassTask
from reread.tasks.joint import Joint
from reread.tasks.metrics.rows import row_weights
from reread.typing import override

WHERE = "config.json: calibration"


class ByPart(Calibration):
    """Of a joint task: one for each part.

    Args:
        task: whose parts.
        parts: their calibrations by name.
    """

    def __init__(self, task: Joint, parts: Mapping[str, Calibration]) -> None:
        self.parts, self._places = dict(parts), task.slices()

    @override
    def apply(self, scores: ArrayLike) -> Floats:
        calibrated = np.array(scores, dtype=np.float64)
        for name, place in self._places.items():
            calibrated[:, place] = self.parts[name].apply(calibrated[:, place])
        return calibrated

    @override
    def describe(self) -> str:
        each = {name: part.describe() for name, part in self.parts.items()}
        return ", ".join(f"{name}: {words}" for name, words in each.items() if words)

    @override
    def to_config(self) -> dict[str, Any]:
        return {"parts": {name: part.to_config() for name, part in self.parts.items()}}


def fit_calibration(
    method: str, task: Task, scores: ArrayLike, targets: Any, weights: ArrayLike | None = None
) -> Calibration:
    """Learn a calibration from rows that the model was not trained on.

    Args:
        method: its registered name.
        task: what the scores mean.
        scores: raw scores, (rows, size).
        targets: of the rows, as ``task.encode`` takes them.
        weights: how much each row counts, (rows,).

    Raises:
        ConfigError: there is no such method.
        DataError: targets that the task does not know, scores and weights that do not fit them, or no row that counts.
    """
    kind, encoded = calibrations.get(method), task.encode(targets)
    raw, rows = np.asarray(scores, dtype=np.float64), row_weights(weights, len(encoded))
    if raw.shape != (len(encoded), task.size):
        raise DataError(f"scores of shape {raw.shape}; expected {(len(encoded), task.size)}, one row for each target")
    used = rows > 0
    if not used.any():
        raise DataError(f"none of {len(rows)} rows counts; a calibration needs one at least")
    return _fit(kind, task, raw[used], encoded[used], rows[used] / rows[used].mean())


def _fit(kind: type[Method], task: Task, scores: Floats, encoded: NDArray[np.float32], rows: Floats) -> Calibration:
    if isinstance(task, Joint):
        own, read = task.slices(), task.target_slices()
        parts = task.parts.items()
        each = {name: _fit(kind, part, scores[:, own[name]], encoded[:, read[name]], rows) for name, part in parts}
        return ByPart(task, each)
    return kind.fit(task, scores, encoded, rows) if isinstance(task, ClassTask) else Uncalibrated()


def calibration_from_config(config: Any, task: Task) -> Calibration:
    """The calibration that ``to_config`` described; of a folder of before there were any, none.

    Raises:
        ConfigError: the configuration names no known method, or does not fit it or the task.
    """
    if config is None:
        return Uncalibrated()
    if isinstance(task, Joint):
        parts = fit_table(config, {"parts": Mapping[str, Any]}, WHERE)["parts"]
        if set(parts) != set(task.parts):
            raise ConfigError(f"{WHERE} of {', '.join(parts)}; the targets are {', '.join(task.parts)}")
        return ByPart(task, {name: calibration_from_config(parts[name], part) for name, part in task.parts.items()})
    table = fit_table(config, {"method": str}, WHERE)
    return calibrations.get(table.pop("method")).from_config(table, task)
