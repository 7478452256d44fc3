"""Targets beside predictions of models that have not seen them → those that are probably wrong. cleanlab judges classes and lists of labels."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reread.errors import MissingExtraError
from reread.tasks import Task
from reread.tasks.regression import to_numbers

Floats = NDArray[np.float64]

DEVIATIONS = 3.5  # robust ones, from which a number is an outlier (Iglewicz and Hoaglin 1993)
TINY = 1e-12  # the least probability: a row's may not all be 0
NORMAL = 1.4826  # standard deviations of a normal distribution in one median absolute deviation


class Wrong(NamedTuple):
    """A target that is probably wrong: its place, from 0 (surely wrong) to 1 how right it looks, and what it should perhaps be."""

    place: int
    score: float
    suggested: Any


Judge = Callable[[Task, Sequence[Any], Floats], list[Wrong]]
"""Takes the task, the targets, and the probabilities of its classes (rows, classes) or the predicted numbers (rows, 1); the worst first."""


def cleanlab(module: str) -> Any:
    """A module of cleanlab.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return importlib.import_module(f"cleanlab.{module}")
    except ModuleNotFoundError as error:
        raise MissingExtraError("judging labels", "audit") from error


def check_judge(task: Task) -> None:
    """Look for the library that judges such targets, before models are trained for it.

    Raises:
        MissingExtraError: it is not installed.
    """
    if JUDGES[task.name] is not judge_numbers:
        cleanlab("filter")


def judge_classes(task: Any, targets: Sequence[Any], chances: Floats) -> list[Wrong]:
    """Confident learning: as many rows of each class as its estimated noise, the least probable (Northcutt et al. 2021, section 3)."""
    own, labels = np.unique(task.encode(targets)[:, 0].astype(np.int64), return_inverse=True)
    if len(own) < 2:
        return []
    best, of_own = chances.argmax(axis=1), np.maximum(chances[:, own], TINY)  # cleanlab wants rows of every class
    of_own /= of_own.sum(axis=1, keepdims=True)
    issues = cleanlab("filter").find_label_issues(labels, of_own, n_jobs=1)
    scores = cleanlab("rank").get_label_quality_scores(labels, of_own)
    return _worst_first(issues, scores, lambda row: task.classes[best[row]])


def judge_lists(task: Any, targets: Sequence[Any], chances: Floats) -> list[Wrong]:
    """The same for each label, given or not; a row is as right as its labels are in a weighted mean (Thyagarajan et al. 2023)."""
    given = task.encode(targets) > 0
    labels = [np.flatnonzero(row).tolist() for row in given]
    wrong = cleanlab("multilabel_classification.filter").find_multilabel_issues_per_class(labels, chances, n_jobs=1)
    scores = cleanlab("multilabel_classification.rank").get_label_quality_scores(labels, chances)
    mended = given ^ wrong
    return _worst_first(
        wrong.any(axis=1), scores, lambda row: [task.classes[column] for column in np.flatnonzero(mended[row])]
    )


def judge_numbers(_: Task, targets: Sequence[Any], answers: Floats) -> list[Wrong]:
    """Numbers that are farther from their prediction than nearly all others; the score is how often one would be so far by chance.

    Beyond 38 deviations that is 0, so they are ordered by the deviations.
    """
    residuals = to_numbers(targets) - answers[:, 0]
    centred = np.abs(residuals - np.median(residuals))
    spread = NORMAL * float(np.median(centred)) or float(centred.std()) or 1.0
    deviations = centred / spread
    scores = np.array([math.erfc(deviation / math.sqrt(2)) for deviation in deviations])
    return _worst_first(deviations > DEVIATIONS, scores, lambda row: float(answers[row, 0]), -deviations)


def _worst_first(
    issues: NDArray[np.bool_], scores: Floats, suggested: Callable[[int], Any], order: Floats | None = None
) -> list[Wrong]:
    """The issues by their scores, or by another order, the lowest first."""
    rows = np.flatnonzero(issues)
    worst = rows[np.argsort((scores if order is None else order)[rows], kind="stable")].tolist()
    return [Wrong(row, float(scores[row]), suggested(row)) for row in worst]


JUDGES: Mapping[str, Judge] = {
    "classification": judge_classes,
    "multilabel": judge_lists,
    "regression": judge_numbers,
}
