"""Logistic regressions: of one class, of separate labels, and of ordered classes."""

from __future__ import annotations

import numpy as np

from reread.baseline.fitters import fitters
from reread.baseline.fitters.base import CHANCES, OF_HINGES, OF_ONE_CLASS, USUAL_FOR_CHANCES, Floats, Problem, pairs
from reread.tasks import Task


@fitters.register("logistic")
def logistic(task: Task, targets: Floats, weights: Floats) -> list[Problem]:
    """One class per text: a score for each class, or of two classes the log-odds of the second.

    Where there are many texts of many classes, a squared hinge of each class against all others often tells them apart
    better than the softmax does.
    """
    labels, start = targets[:, 0].astype(np.int64), task.prior_scores(targets, weights).astype(np.float32)
    if task.size > 2:
        softmax = Problem(
            loss="softmax",
            targets=targets[:, :1],
            start=start,
            strengths=OF_ONE_CLASS,
            usual=USUAL_FOR_CHANCES,
            members=pairs(labels),
            sides=task.size,
            others={"squared_hinge": OF_HINGES},
        )
        return [softmax]
    two = Problem(
        loss="logistic",
        targets=targets[:, :1],
        start=start[1:] - start[:1],
        strengths=OF_ONE_CLASS,
        usual=USUAL_FOR_CHANCES,
        members=pairs(labels),
        sides=2,
        expand=lambda scores: np.concatenate([0 * scores, scores], axis=-1),
    )
    return [two]


@fitters.register("binary_logistic")
def binary_logistic(task: Task, targets: Floats, weights: Floats) -> list[Problem]:
    """The log-odds of each label, separately."""
    return [_separate(task, targets, targets, weights)]


@fitters.register("ordinal_logistic")
def ordinal_logistic(task: Task, targets: Floats, weights: Floats) -> list[Problem]:
    """The log-odds of each "above class k", separately."""
    above = (targets[:, :1] > np.arange(task.size)).astype(np.float32)
    return [_separate(task, targets, above, weights)]


def _separate(task: Task, targets: Floats, each: Floats, weights: Floats) -> Problem:
    return Problem(
        loss="logistic",
        targets=np.ascontiguousarray(each),
        start=task.prior_scores(targets, weights).astype(np.float32),
        strengths=CHANCES,
        usual=USUAL_FOR_CHANCES,
        members=np.argwhere(each > 0),
        sides=task.size,
    )
