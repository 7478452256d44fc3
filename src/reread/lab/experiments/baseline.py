"""The linear baseline of an experiment: trained once on the same rows, scored once on the same test rows."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from reread.blend.linear import fit_linear
from reread.errors import DataError
from reread.lab.experiments.claims import claim
from reread.lab.experiments.experiment import Experiment
from reread.lab.experiments.material import TARGET, Material
from reread.lab.experiments.predictions import pack
from reread.lab.experiments.records import described, put
from reread.lab.experiments.run import defined
from reread.machine import circumstances
from reread.tasks import infer_task, tasks
from reread.text.language import detect_language


@dataclass(frozen=True)
class Baseline:
    """What the baseline's record says.

    Attributes:
        test_accuracy: share of the test rows that were answered right.
        predictions: as in a run's record; empty in records of earlier versions, which have no answers beside them.
    """

    name: ClassVar[str] = "baseline"
    test_accuracy: float
    predictions: Mapping[str, Any] = field(default_factory=dict)


def baseline_of(experiment: Experiment, material: Material, *, train: bool) -> Baseline | None:
    """The experiment's baseline; None where there is none, or another machine is making it.

    It is trained on all training rows: nothing about it is chosen on rows held out.

    Args:
        experiment: keeps the record in its folder.
        material: what to train and to test on.
        train: make it where it, or its answers, are missing.

    Raises:
        DataError: the record is torn, or belongs to other data.
    """
    path = experiment.folder / f"{Baseline.name}.json"
    if train:
        with claim(experiment.folder / ".claims", Baseline.name) as ours:
            found = _read(path, material)
            if ours and (found is None or not found.predictions):
                _make(path, experiment, material)
    return _read(path, material)


def _read(path: Path, material: Material) -> Baseline | None:
    try:
        record = json.loads(path.read_bytes())
        found = Baseline(float(record["test_accuracy"]), record.get("predictions", {}))
        data = record["data"]
    except FileNotFoundError:
        return None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is torn or no baseline ({error}); delete it, and it is made again") from error
    if data != material.identity():
        raise DataError(f"{path} belongs to other data; delete it, and it is made again")
    return found


def _make(path: Path, experiment: Experiment, material: Material) -> None:
    """Train the baseline, and write its answers, then its record."""
    started, labels = time.monotonic(), material.train.targets[TARGET]
    task = tasks.get(infer_task(labels)).fit(labels)
    texts = material.train.texts
    language = experiment.data.language or detect_language(texts[:1000])
    weights = np.ones(len(texts), dtype=np.float32)
    model = fit_linear(texts, task.encode(labels), task, language, weights=weights, seed=0)
    scores = model.scores(material.test.texts)
    probabilities: Any = task.probabilities(scores)  # one class a row has them
    found, packed = task.metrics(material.test_labels, scores), pack(probabilities)
    record = {
        "test_metrics": defined(found), "test_accuracy": found["accuracy"], "facts": model.facts,
        "seconds": round(time.monotonic() - started, 1), "data": material.identity(),
        "predictions": described(Baseline.name, packed), **circumstances(),
    }  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    put(path.with_name(record["predictions"]["file"]), packed.data)
    put(path, (json.dumps(record, indent=1) + "\n").encode())
