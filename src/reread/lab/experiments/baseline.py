"""The linear baseline of an experiment: trained once on the same rows, scored once on the same test rows."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np

from reread.blend.linear import fit_linear
from reread.errors import DataError
from reread.lab.experiments.claims import claim
from reread.lab.experiments.experiment import Experiment
from reread.lab.experiments.material import TARGET, Material
from reread.lab.experiments.records import put
from reread.lab.experiments.run import defined
from reread.machine import circumstances
from reread.tasks import infer_task, tasks
from reread.text.language import detect_language

FILE = "baseline.json"


def baseline_of(experiment: Experiment, material: Material) -> dict[str, Any] | None:
    """The baseline's record, made where it is missing; None while another machine makes it.

    It is trained on all training rows: nothing about it is chosen on rows held out.

    Raises:
        DataError: the record belongs to other data.
    """
    path = experiment.folder / FILE
    with claim(experiment.folder / ".claims", "baseline") as ours:
        if ours and not path.exists():
            experiment.folder.mkdir(parents=True, exist_ok=True)
            put(path, (json.dumps(_train(experiment, material), indent=1) + "\n").encode())
    if not path.exists():
        return None
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if record["data"] != material.identity():
        raise DataError(f"{path} belongs to other data; delete it, and it is made again")
    return record


def _train(experiment: Experiment, material: Material) -> dict[str, Any]:
    started, labels = time.monotonic(), material.train.targets[TARGET]
    task = tasks.get(infer_task(labels)).fit(labels)
    texts = material.train.texts
    language = experiment.data.language or detect_language(texts[:1000])
    weights = np.ones(len(texts), dtype=np.float32)
    model = fit_linear(texts, task.encode(labels), task, language, weights=weights, seed=0)
    found = task.metrics(material.test_labels, model.scores(material.test.texts))
    return {
        "test_metrics": defined(found), "test_accuracy": found["accuracy"], "facts": model.facts,
        "seconds": round(time.monotonic() - started, 1), "data": material.identity(), **circumstances(),
    }  # fmt: skip
