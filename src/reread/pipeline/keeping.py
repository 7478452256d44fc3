"""New labels for a trained model that keeps its own: both are classes, and its answers are learned from too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.bundle import LINEAR
from reread.data.subset import Subset
from reread.errors import ConfigError, DataError
from reread.model.load import load
from reread.pipeline.origin import Origin, check_vectors_of
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.transfer import the_model
from reread.tasks import Task, tasks
from reread.tasks.known_scores import known_scores
from reread.wording import listed

DISTILLED, PLAIN = "distilled", "plain"
LEAST = 1e-7  # probability that an answer is taken to have at least: a float32 cannot say less beside 1
SHOWN = 5  # labels of a message


def keeping(plan: Plan) -> Plan:
    """The plan with the objective that learns from an earlier model's answers, if its labels are kept.

    Raises:
        ConfigError: labels are to be kept of nothing, or under an objective that does not know how, or answers of an
            earlier model are to be learned from that there is none of.
    """
    settings = plan.recipe.training
    if not plan.keep_labels:
        if settings.objective == DISTILLED:
            raise ConfigError(
                f"training.objective = {DISTILLED}: it learns from the answers of a model whose labels are kept; "
                "start from one with pretrained=MODEL and keep_labels=True"
            )
        return plan
    if plan.pretrained is None:
        raise ConfigError("keep_labels=True keeps the labels of a model; name it with pretrained=MODEL")
    if settings.objective not in {PLAIN, DISTILLED}:
        raise ConfigError(
            f"training.objective = {settings.objective} with keep_labels=True, which learns from the model's answers "
            f"(objective {DISTILLED}); leave one of the two out"
        )
    return plan.trained_by(replace(settings, objective=DISTILLED))


def check_origin(plan: Plan, origin: Origin) -> None:
    """Refuse what cannot be done with what the run starts from.

    Raises:
        ConfigError: word vectors are asked for too; labels are to be kept of what has none, or not one a text; or a
            learning curve is asked for, whose linear members would start afresh.
    """
    check_vectors_of(plan.recipe, origin)
    if plan.learning_curve and origin.model is not None:
        raise ConfigError(
            "learning_curve=True with a model to start from: the curve is that of a linear member that starts afresh; "
            "leave one of the two out"
        )
    if not plan.keep_labels:
        return
    if origin.model is None:
        raise ConfigError(
            f"keep_labels=True: a {origin.name} has no labels; leave it out, or start from a trained model"
        )
    _check_grows(origin.model.scorer.task.name, "the model is of")


def _check_grows(task: str, whose: str) -> None:
    if not tasks.get(task).can_grow:
        able = " or ".join(name for name in tasks.names() if tasks.get(name).can_grow)
        raise ConfigError(
            f"keep_labels=True: {whose} the task {task}; labels are kept where both sides have one label a text "
            f"({able})"
        )


def with_kept(targets: Sequence[Any], plan: Plan, origin: Origin | None) -> Sequence[Any]:
    """The rows' labels, and after them those of the model that are kept, for a task to know.

    Raises:
        DataError: a label that is to be kept has no row.
    """
    if not plan.keep_labels or origin is None:
        return targets
    for target in plan.targets.values():
        _check_grows(target.task if len(plan.targets) == 1 else "joint", "the rows are of")
    kept = the_model(origin).scorer.task.classes
    there = set(targets)
    lacking = [str(label) for label in kept if label not in there]
    if lacking:
        raise DataError(
            f"keep_labels=True: no row has the label {listed(lacking, SHOWN)}, which the model knows: without any it "
            "would be lost to the new ones; add some of its rows"
        )
    return [*targets, *kept]


def rows_stand_for(
    weights: Sequence[float] | None, encoded: NDArray[np.float32], task: Task, plan: Plan, origin: Origin | None
) -> NDArray[np.float64] | None:
    """How many rows each row stands for, (rows,), where labels are kept; otherwise the weights that were given.

    Rows of a kept label stand for those that the model was trained on, if these were more: otherwise a few of them
    beside many of a new label would say that every other text is of the new one. A new label is taken to be as
    frequent as a kept one on average, if it has fewer rows.

    Args:
        weights: of the rows, if they have any.
        encoded: the rows' targets, (rows, width).
        task: what they mean.
        plan: whether labels are kept.
        origin: the model whose labels are.
    """
    given = None if weights is None else np.asarray(weights, dtype=np.float64)
    if not plan.keep_labels or origin is None:
        return given
    model, classes = the_model(origin), encoded[:, 0].astype(np.int64)
    counts = np.ones(len(encoded)) if given is None else given
    here, known = np.bincount(classes, counts, task.size), known_scores(task, model.scorer.task)
    data, kept = model.config.data, model.scorer.task.size
    before = np.asarray(data.class_rows or [data.rows / kept] * kept)
    wanted = np.maximum(here, np.where(known >= 0, before[known], before.mean()))
    return np.asarray(counts * (wanted / np.where(here > 0, here, 1))[classes], dtype=np.float64)


def class_rows(task: Task, encoded: NDArray[np.float32], weights: NDArray[np.float64] | None) -> tuple[float, ...]:
    """How many rows each class stands for, (classes,); empty where classes cannot be added.

    Args:
        task: what the targets mean.
        encoded: the rows' targets, (rows, width).
        weights: how many rows each row stands for, (rows,); None: itself.
    """
    if not task.can_grow:
        return ()
    counts = np.bincount(encoded[:, 0].astype(np.int64), weights, task.size)
    return tuple(counts.tolist())


def earlier_answers(prepared: Prepared, plan: Plan) -> NDArray[np.float32] | None:
    """What the model whose labels are kept says of the training rows; None if none are.

    Log probabilities of its labels, and minus infinity for the new ones, (rows, scores). Of rows that it was trained on
    they are those of linear members that had not seen them, if the folder holds these: its own are too sure.
    """
    if not plan.keep_labels or prepared.origin is None:
        return None
    bundle, rows = the_model(prepared.origin), prepared.weighted(prepared.train).rows
    model = load(bundle.path, threads=plan.recipe.training.threads)
    texts = Subset(prepared.texts, rows)
    chances = np.asarray(model.predict_proba(texts))
    if bundle.seen is not None and bundle.baseline is not None:
        scores, kept = bundle.seen.scores_of(texts, np.zeros((len(texts), bundle.scorer.task.size), np.float32))
        if kept.any():
            chances[kept] = bundle.postprocessors[LINEAR].probabilities(scores[kept])
    answers = np.full((len(rows), prepared.task.size), -np.inf, np.float32)
    known = known_scores(prepared.task, bundle.scorer.task)
    for place in np.flatnonzero(known >= 0):
        answers[:, place] = np.log(np.maximum(chances[:, known[place]], LEAST))
    return answers
