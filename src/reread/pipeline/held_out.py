"""The rows held out of a training, with the answers of its members: the content of a report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.bundle import LINEAR, NETWORK, STACK
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.validation import ValidationResult
from reread.tasks import Task

SIDES: Mapping[str, str] = {STACK: "stack", NETWORK: "network", LINEAR: "linear baseline"}
"""What answers, as tables and figures name it."""


@dataclass(frozen=True)
class HeldOut:
    """Rows held out.

    Attributes:
        rows: their numbers among the examples, (rows,).
        targets: the user's own values of them, one list, or one for each target of a joint model.
        weights: how much each one counts, (rows,).
        tasks: what reads the scores of each, with thresholds of its own, by the name of what gave them.
        scores: calibrated scores (rows, scores) by the same names; what answers comes first.
    """

    rows: NDArray[np.int64]
    targets: Any
    weights: NDArray[np.float32]
    tasks: Mapping[str, Task]
    scores: Mapping[str, NDArray[Any]]


def held_out(
    prepared: Prepared, plan: Plan, answers: Mapping[str, tuple[ValidationResult, NDArray[Any]]]
) -> HeldOut | None:
    """The rows held out, with the answers to them; None if there are none.

    Args:
        prepared: the rows.
        plan: says what answers.
        answers: of each part of the model, its result there and its raw scores, (rows, scores); no stack if the linear
            member answers alone.
    """
    if not len(prepared.validation):
        return None
    first = what_answers(plan, answers)
    order = sorted(answers, key=lambda name: (name != first, list(SIDES).index(name)))
    read = {SIDES[name]: (answers[name][0].postprocessor, answers[name][1]) for name in order}
    return HeldOut(
        prepared.validation,
        prepared.validation_targets,
        prepared.validation_weights,
        tasks={name: postprocessor.task for name, (postprocessor, _) in read.items()},
        scores={name: postprocessor.calibrated(scores) for name, (postprocessor, scores) in read.items()},
    )


def what_answers(plan: Plan, parts: Collection[str]) -> str:
    """Which of the parts of a model answers; the linear member instead of a stack of it alone."""
    return next(part for part in (plan.answer, LINEAR, NETWORK) if part in parts)
