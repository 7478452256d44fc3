"""The linear baseline of an experiment: trained once on the same rows, scored once on the same test rows."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from reread.baseline.folds import folds_of
from reread.baseline.training import fit_linear
from reread.data.split import text_keys
from reread.errors import DataError
from reread.lab.experiments.experiment import Experiment
from reread.lab.experiments.experiment_data import TARGET, ExperimentData
from reread.lab.experiments.predictions import pack
from reread.lab.experiments.records import described, put
from reread.lab.experiments.run import defined
from reread.locks import lock
from reread.machine import circumstances
from reread.tasks import infer_task, tasks
from reread.text.language import detect_language


@dataclass(frozen=True)
class Baseline:
    """The record of the baseline.

    Attributes:
        test_accuracy: share of the test rows with the right answer.
        predictions: as in a run's record; empty in records of earlier versions, which have no answers beside them.
    """

    name: ClassVar[str] = "baseline"
    test_accuracy: float
    predictions: Mapping[str, Any] = field(default_factory=dict)


def baseline_of(experiment: Experiment, experiment_data: ExperimentData, *, train: bool) -> Baseline | None:
    """The experiment's baseline; None if there is none, or another machine is making it.

    It is trained on all training rows: nothing about it is chosen on rows held out.

    Args:
        experiment: keeps the record in its folder.
        experiment_data: what to train and to test on.
        train: whether to make it if it or its answers are missing.

    Raises:
        DataError: the record is incomplete, or belongs to other data.
    """
    path = experiment.folder / f"{Baseline.name}.json"
    if train:
        with lock(experiment.folder / ".locks", Baseline.name) as ours:
            record = _read(path, experiment_data)
            if ours and (record is None or not record.predictions):
                _make(path, experiment, experiment_data)
    return _read(path, experiment_data)


def _read(path: Path, experiment_data: ExperimentData) -> Baseline | None:
    try:
        record = json.loads(path.read_bytes())
        baseline = Baseline(float(record["test_accuracy"]), record.get("predictions", {}))
        data = record["data"]
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} is incomplete or is not a baseline ({error}); delete it, and it is made again"
        ) from error
    if data != experiment_data.identity():
        raise DataError(f"{path} belongs to other data; delete it, and it is made again")
    return baseline


def _make(path: Path, experiment: Experiment, experiment_data: ExperimentData) -> None:
    """Train the baseline, and write its answers, then its record."""
    started, labels = time.monotonic(), experiment_data.train.targets[TARGET]
    task = tasks.get(infer_task(labels)).fit(labels)
    texts = experiment_data.train.texts
    language = experiment.data.language or detect_language(texts)
    weights = np.ones(len(texts), dtype=np.float32)
    encoded = task.encode(labels)
    fold = folds_of(text_keys(texts), task.stratum(encoded))
    model = fit_linear(texts, encoded, task, language, weights=weights, fold=fold, seed=0).model
    scores = model.scores(experiment_data.test.texts)
    probabilities: Any = task.probabilities(scores)  # one class a row has them
    metrics, packed = task.metrics(experiment_data.test_labels, scores), pack(probabilities)
    record = {
        "test_metrics": defined(metrics),
        "test_accuracy": metrics["accuracy"],
        "facts": model.facts,
        "seconds": round(time.monotonic() - started, 1),
        "data": experiment_data.identity(),
        "predictions": described(Baseline.name, packed),
        **circumstances(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    put(path.with_name(record["predictions"]["file"]), packed.data)
    put(path, (json.dumps(record, indent=1) + "\n").encode())
