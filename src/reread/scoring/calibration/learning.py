"""The calibration of a task, learned or read; tasks of numbers have none."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from reread.errors import ConfigError, DataError
from reread.recipes.fitting import fit_table
from reread.scoring.calibration import DEFAULT, NONE, Calibration, calibrations
from reread.scoring.calibration.none import Uncalibrated
from reread.tasks import Task
from reread.tasks.class_task import has_classes
from reread.tasks.metrics.rows import row_weights


def asked_for(method: str) -> bool:
    """Whether a calibration was requested; if the default cannot be learned, scores stay as they are."""
    return method not in {DEFAULT, NONE}


def check_calibrates(method: str, task: Task) -> None:
    """Refuse a requested calibration if the task has no probabilities.

    Raises:
        ConfigError: a calibration was requested, and the task has no probabilities.
    """
    parts = task.parts.values() or [task]
    if asked_for(method) and not any(part.classes for part in parts):
        raise ConfigError(f'calibration = "{method}": this {task.name} has no probabilities to calibrate; leave it out')


def fit_calibration(
    method: str, task: Task, scores: ArrayLike, targets: Any, weights: ArrayLike | None = None, *, spread: float = 1.0
) -> Calibration:
    """Learn a calibration from rows that the model was not trained on.

    Args:
        method: its registered name.
        task: what the scores mean.
        scores: raw scores, (rows, size).
        targets: of the rows, as ``task.encode`` takes them.
        weights: how much each row counts, (rows,).
        spread: about how far the scores are from calibrated; see `Calibration.fit`.

    Raises:
        ConfigError: there is no such method.
        DataError: a target is unknown to the task, scores or weights do not fit the targets, or all weights are 0.
    """
    kind, encoded = calibrations.get(method), task.encode(targets)
    raw, checked_weights = np.asarray(scores, dtype=np.float64), row_weights(weights, len(encoded))
    if raw.shape != (len(encoded), task.size):
        raise DataError(f"scores of shape {raw.shape}; expected {(len(encoded), task.size)}, one row for each target")
    used = checked_weights > 0
    if not used.any():
        raise DataError(f"all {len(checked_weights)} rows have weight 0; a calibration needs at least one that counts")
    if not has_classes(task):
        return Uncalibrated()
    return kind.fit(task, raw[used], encoded[used], checked_weights[used] / checked_weights[used].mean(), spread=spread)


def calibration_from_config(config: Any, task: Task) -> Calibration:
    """The calibration that ``to_config`` described; older folders have no calibration.

    Raises:
        ConfigError: the configuration names no known method, or does not fit it or the task.
    """
    if config is None:
        return Uncalibrated()
    table = fit_table(config, {"method": str}, "config.json: calibration")
    return calibrations.get(table.pop("method")).from_config(table, task)
