"""Runs as an experiment would leave them: accuracies, curves and answers that belong together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.lab.experiments.records import RunRecord

FACTS: dict[str, Any] = {
    "test_metrics": {"log_loss": 0.25},
    "validation": {},
    "curve": [{"iteration": 0, "accuracy": 0.5}, {"iteration": 50, "accuracy": 0.75}],
    "seconds": 12.5,
    "memory_mib": 300.0,
    "commit": "4c59e37",
    "machine": "a machine of 2 cores",
    "versions": {"reread": "0.1.0"},
    "config": {"model": {"hidden": 128}},
}


def truth_of(rows: int) -> NDArray[np.int64]:
    return np.random.default_rng(99).integers(0, 2, rows)


def answers(accuracy: float, rows: int, seed: int) -> NDArray[np.float64]:
    """Probabilities of two classes, (rows, 2), about ``accuracy`` of them right."""
    random = np.random.default_rng([seed, 7])
    signs = 2 * truth_of(rows) - 1
    sharpness = 2 * np.log(accuracy / (1 - accuracy))
    second = 1 / (1 + np.exp(-(signs * sharpness / 2 + random.logistic(size=rows)) * 1.5))
    return np.column_stack([1 - second, second])


def run(model: str, setting: str, seed: int, accuracy: float, **facts: Any) -> RunRecord:
    return RunRecord(**{**FACTS, "model": model, "setting": setting, "seed": seed, "iterations": 1000, "test_accuracy": accuracy, **facts})  # fmt: skip


def curve(top: float, rise: float, last: int, seed: int, every: int = 50) -> list[dict[str, float]]:
    """A noisy rise from 50 % towards ``top``, most of it after ``rise`` iterations."""
    random = np.random.default_rng([seed, int(rise)])
    at = np.arange(every, last + 1, every)
    accuracy = 0.5 + (top - 0.5) / (1 + np.exp(-(at - rise) / (rise / 3))) + random.normal(0, 0.008, len(at))
    return [{"iteration": int(k), "accuracy": float(value), "seconds": k / 20} for k, value in zip(at, accuracy, strict=True)]  # fmt: skip


def write_run(folder: Path, cell: tuple[str, str], seed: int, accuracy: float, **facts: Any) -> RunRecord:
    """A run with its answers to 400 rows, in ``folder``; its accuracy is the one the answers have."""
    given = answers(accuracy, 400, seed)
    measured = float((given.argmax(axis=1) == truth_of(400)).mean())
    return run(*cell, seed, measured, **facts).write(folder, given)
