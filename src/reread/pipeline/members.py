"""What the rows held out say of the members of a model: the network, the linear member, and their stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.bundle import LINEAR, NETWORK, STACK
from reread.model.stack import stacked
from reread.pipeline.baseline import LinearMember
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.stacking import Stacked, fit_stack
from reread.pipeline.validation import ValidationResult, validate_scores

Answer = tuple[ValidationResult, NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True)
class Members:
    """The results of the members on the rows held out.

    Attributes:
        network: of the network.
        linear: of the linear member; None: there is none.
        stack: of both; None: there is no linear member.
        answers: of each that can answer, its result and its raw scores, (rows, scores); no stack if the linear member
            answers alone.
    """

    network: ValidationResult
    linear: ValidationResult | None
    stack: Stacked | None
    answers: Mapping[str, Answer]


def measure_members(
    prepared: Prepared, plan: Plan, linear: LinearMember | None, scores: NDArray[np.float32]
) -> Members:
    """Measure the members, and join them.

    Args:
        prepared: the rows.
        plan: what is trained.
        linear: the linear member.
        scores: raw scores of the network on the rows held out, (rows, scores).
    """
    if linear is None:
        network = validate_scores(prepared, plan, scores, platt_scaled=False)
        return Members(network=network, linear=None, stack=None, answers={NETWORK: (network, scores)})
    of_linear, scaled = linear.scores.validation, linear.platt_scaled
    on_top = bool(plan.recipe.training.offset) and scaled
    network = validate_scores(prepared, plan, scores, platt_scaled=on_top)
    alone = validate_scores(prepared, plan, of_linear, platt_scaled=scaled)
    stack = fit_stack(prepared, plan, scores, of_linear, platt_scaled=scaled)
    answers: dict[str, Answer] = {NETWORK: (network, scores), LINEAR: (alone, of_linear)}
    if stack.weights[NETWORK]:
        answers[STACK] = stack, stacked(of_linear, scores, stack.weights[NETWORK])
    return Members(network=network, linear=alone, stack=stack, answers=answers)
