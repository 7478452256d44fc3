"""Facts for tests: a model and rows of every task, made up and repeatable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from reread.insight.report import Facts, Measured
from reread.pipeline.facts import ModelFacts
from reread.tasks import Task
from reread.tasks.classification import Classification
from reread.tasks.joint import Joint
from reread.tasks.multilabel import Multilabel
from reread.tasks.ordinal import Ordinal
from reread.tasks.regression import Regression

ROWS = 120
TASKS: Mapping[str, Task] = {
    "two classes": Classification(["blame", "praise"]),
    "three classes": Classification(["sport", "trade", "arts"]),
    "many classes": Classification([f"class {k}" for k in range(40)]),
    "ordered": Ordinal([1, 2, 3, 4, 5]),
    "labels": Multilabel(["joy", "fear", "anger"]),
    "numbers": Regression(3.0, 1.5),
    "quantiles": Regression(3.0, 1.5, "quantile"),
}
TASKS = {
    **TASKS,
    "joint": Joint(
        {"mood": TASKS["two classes"], "stars": TASKS["ordered"], "tags": TASKS["labels"], "price": TASKS["numbers"]}
    ),
}


def targets_of(task: Task, rows: int, random: np.random.Generator) -> Any:
    """Targets that the task knows."""
    if isinstance(task, Joint):
        return {name: targets_of(part, rows, random) for name, part in task.parts.items()}
    if isinstance(task, Regression):
        return random.normal(3, 1.5, rows).tolist()
    classes = list(getattr(task, "classes"))  # noqa: B009  # the others all have some
    if isinstance(task, Multilabel):
        return [[label for label in classes if random.random() < 0.3] for _ in range(rows)]
    return [classes[k] for k in random.integers(0, len(classes), rows)]


def scores_of(task: Task, targets: Any, random: np.random.Generator, noise: float) -> np.ndarray:
    """Raw scores that know something of the targets."""
    if isinstance(task, Joint):
        return np.concatenate([scores_of(part, targets[name], random, noise) for name, part in task.parts.items()], 1)
    encoded = task.encode(targets)
    if isinstance(task, Classification):
        encoded = np.eye(task.size)[encoded[:, 0].astype(int)]
    elif isinstance(task, Ordinal):
        encoded = (encoded > np.arange(task.size)).astype(float) - 0.5
    elif isinstance(task, Multilabel):
        encoded = encoded - 0.5
    return np.asarray(3 * encoded if task.size > 1 else encoded) + random.normal(0, noise, (len(encoded), task.size))


def measured(kind: str, rows: int = ROWS, *, baseline: bool = True, **others: Any) -> Measured:
    """Rows of a task with answers of a network and a baseline."""
    task, random = TASKS[kind], np.random.default_rng(0)
    targets = targets_of(task, rows, random)
    scores = {"network": scores_of(task, targets, random, 1.0)}
    if baseline:
        scores["linear baseline"] = scores_of(task, targets, random, 2.0)
    texts = [f"take {k}: {'a lovely film ' * (k % 7 + 1)}" for k in range(rows)]
    return Measured(
        tasks=dict.fromkeys(scores, task),
        targets=targets,
        scores=scores,
        texts=texts,
        place=lambda row: f"good.csv, line {row + 2}",
        name="label",
        **others,
    )


MODEL = ModelFacts(
    task="classification", language="en", classes=["blame", "praise"], network="Network: bilstm_max. Reads twice. Source: S1.",
    figures={"network": {"accuracy": 0.9}, "linear baseline": {"accuracy": 0.8}}, held_out="On 120 rows held out of the training file.",
    data={"rows trained on": "1,000"}, training={"steps": "30"}, notes=["It answers with the network."],
    curve=[{"step": 10 * k, "epoch": k / 2, "loss": 1 / k, "accuracy": 0.7 + 0.05 * k} for k in (1, 2, 3)],
    best_step=30, headline="accuracy", version="0.1.0",
)  # fmt: skip


def facts(rows: Measured | None, model: ModelFacts = MODEL, **others: Any) -> Facts:
    """All that a report tells, of these rows."""
    known: dict[str, Any] = {
        "title": "good.reread: predicts label from text", "subject": "Measured on rows of good.csv.", "model": model,
        "figures": {} if rows is None else {name: rows.tasks[name].metrics(rows.targets, each) for name, each in rows.scores.items()},
        "rows": rows, "command": "reread train good.csv", "options": {"Every option": "seed = 0\n"}, "date": "2026-11-21",
    }  # fmt: skip
    return Facts(**{**known, **others})


def with_texts(rows: Measured, texts: Sequence[str]) -> Measured:
    """The same rows with other texts, repeated as often as needed."""
    return replace(rows, texts=[texts[k % len(texts)] for k in range(len(rows.texts))])
