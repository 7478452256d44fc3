"""New labels for a trained model that keeps its own: both are classes, and its answers are learned from too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.subset import Subset
from reread.errors import ConfigError, DataError
from reread.model.load import load
from reread.pipeline.origin import Origin
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.transfer import the_model
from reread.tasks.known_scores import known_scores
from reread.wording import listed

DISTILLED, PLAIN = "distilled", "plain"
ONE_LABEL = "classification"
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
        ConfigError: labels are to be kept of what has none, or not one a text; or a learning curve is asked for, whose
            linear members would start afresh.
    """
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
    _check_one_label(origin.model.scorer.task.name, "the model is of")


def _check_one_label(task: str, whose: str) -> None:
    if task != ONE_LABEL:
        raise ConfigError(
            f"keep_labels=True: {whose} the task {task}; labels are kept where both sides have one label a text "
            f"({ONE_LABEL})"
        )


def with_kept(targets: Sequence[Any], plan: Plan, origin: Origin | None) -> Sequence[Any]:
    """The rows' labels, and after them those of the model that are kept, for a task to know.

    Raises:
        DataError: a label that is to be kept has no row.
    """
    if not plan.keep_labels or origin is None:
        return targets
    for target in plan.targets.values():
        _check_one_label(target.task if len(plan.targets) == 1 else "joint", "the rows are of")
    kept = the_model(origin).scorer.task.classes
    there = set(targets)
    lacking = [str(label) for label in kept if label not in there]
    if lacking:
        raise DataError(
            f"keep_labels=True: no row has the label {listed(lacking, SHOWN)}, which the model knows: without any it "
            "would be lost to the new ones; add some of its rows"
        )
    return [*targets, *kept]


def earlier_answers(prepared: Prepared, plan: Plan) -> NDArray[np.float32] | None:
    """What the model whose labels are kept says of the training rows; None if none are.

    Log probabilities of its labels, and minus infinity for the new ones, (rows, scores).
    """
    if not plan.keep_labels or prepared.origin is None:
        return None
    bundle, rows = the_model(prepared.origin), prepared.weighted(prepared.train).rows
    model = load(bundle.path, threads=plan.recipe.training.threads)
    chances = np.asarray(model.predict_proba(Subset(prepared.texts, rows)))
    answers = np.full((len(rows), prepared.task.size), -np.inf, np.float32)
    known = known_scores(prepared.task, bundle.scorer.task)
    for place in np.flatnonzero(known >= 0):
        answers[:, place] = np.log(np.maximum(chances[:, known[place]], LEAST))
    return answers
