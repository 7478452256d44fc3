"""What predicts the targets of rows that it was not trained on: the linear baseline, or a network by its recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.baseline.training import fit_linear
from reread.data.folds import fold_rows
from reread.data.lists import examples_from_lists
from reread.data.split import text_keys
from reread.data.subset import Subset, take
from reread.insight.audit.settings import Settings
from reread.pipeline.plan import Plan, TargetPlan
from reread.recipes import load_recipe
from reread.tasks import Task
from reread.text.language import detect_language

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """Texts with one target.

    Attributes:
        task: what the target is, fitted to all values.
        groups: of the rows, which must stay in one fold; or None.
    """

    texts: Sequence[str]
    values: Sequence[Any]
    task: Task
    groups: Sequence[Any] | None = None


Predictor = Callable[[Labelled, Ints, Ints, Settings], tuple[Task, NDArray[Any]]]
"""Trains on some rows and answers others: the task as it was learned, and the raw scores, (rows, scores)."""


def out_of_fold(labelled: Labelled, settings: Settings) -> tuple[Floats, NDArray[np.bool_]]:
    """Predict every row by a model that has not seen it, nor an equal text, nor a row of its group.

    Returns:
        The probabilities of the task's classes, (rows, classes), or the numbers, (rows, 1); and which predictions are
        meaningful, (rows,): those of rows whose labels the model has seen in other rows.

    Raises:
        DataError: the rows cannot be split into so many folds.
        MissingExtraError: what the predictor needs is not installed.
    """
    task, encoded = labelled.task, labelled.task.encode(labelled.values)
    fold = fold_rows(
        text_keys(labelled.texts),
        folds=settings.folds,
        seed=settings.seed,
        strata=task.stratum(encoded),
        groups=labelled.groups,
    )
    predictor = PREDICTORS.get(settings.predictor, network)
    answers = np.zeros((len(encoded), len(task.classes) or 1))
    known = np.ones(len(encoded), dtype=np.bool_)
    for number in range(settings.folds):
        judged, rest = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        settings.note(
            f"labels: fold {number + 1} of {settings.folds}, {len(rest):,} rows to learn from, {len(judged):,} to judge"
        )
        model_task, scores = predictor(labelled, rest, judged, settings)
        answers[judged] = _aligned(task, model_task, scores)
        known[judged] = _seen(task, encoded, rest, judged)
    return answers, known


def linear(labelled: Labelled, rest: Ints, judged: Ints, settings: Settings) -> tuple[Task, NDArray[Any]]:
    """The linear member, with the usual penalty; seconds for a thousand long texts."""
    texts, task = labelled.texts, labelled.task
    fitted = fit_linear(
        Subset(texts, rest),
        task.encode(take(labelled.values, rest)),
        task,
        detect_language(texts),
        weights=np.ones(len(rest), dtype=np.float32),
        seed=settings.seed,
    )
    return task, fitted.model.scores(Subset(texts, judged))


def network(labelled: Labelled, rest: Ints, judged: Ints, settings: Settings) -> tuple[Task, NDArray[Any]]:
    """The network of a recipe; training holds out some of these rows to choose the best step."""
    from reread.pipeline.fit import fit  # noqa: PLC0415  # imports torch

    training = {"seed": settings.seed} | ({} if settings.threads is None else {"threads": settings.threads})
    recipe = load_recipe(settings.predictor).with_settings({"training": training})
    groups = None if labelled.groups is None else take(labelled.groups, rest)
    examples = examples_from_lists(Subset(labelled.texts, rest), {"label": take(labelled.values, rest)}, groups=groups)
    target = TargetPlan(task=labelled.task.name)
    fitted = fit(examples, Plan(recipe=recipe, targets={"label": target}, baseline=False))
    return fitted.task, fitted.model().scores(Subset(labelled.texts, judged))


PREDICTORS: Mapping[str, Predictor] = {"linear": linear}


def check_predictor(name: str) -> None:
    """Refuse what is neither a predictor nor a recipe, before anything is read.

    Raises:
        ConfigError: the name is neither a predictor nor a recipe.
    """
    if name not in PREDICTORS:
        load_recipe(name)


def _aligned(task: Task, model_task: Task, scores: NDArray[Any]) -> Floats:
    """A model's answers in the order of all classes; classes it has not seen have probability 0."""
    probabilities = model_task.probabilities(scores)
    if probabilities is None:
        return np.asarray(model_task.predict(scores), dtype=np.float64).reshape(-1, 1)
    place = {label: column for column, label in enumerate(task.classes)}
    aligned = np.zeros((len(probabilities), len(place)))
    aligned[:, [place[label] for label in model_task.classes]] = probabilities
    return aligned


def _seen(task: Task, encoded: NDArray[np.float32], rest: Ints, judged: Ints) -> NDArray[np.bool_]:
    """Which judged rows have a class that occurs in the rest; lists of labels and numbers always count."""
    learned = task.stratum(encoded[rest])
    return np.ones(len(judged), dtype=np.bool_) if learned is None else np.isin(encoded[judged, 0], learned)
