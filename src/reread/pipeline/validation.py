"""A model's result on the rows held out: how to read its scores, and how good the answers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from reread.errors import ConfigError
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.scoring.calibration import calibrations
from reread.scoring.calibration.learning import asked_for
from reread.scoring.decisions.learning import parse_rule
from reread.scoring.joint_postprocessor import AnyPostprocessor, postprocessor_of
from reread.scoring.learning import learn_postprocessor

UNKNOWN, SCALED = 1.0, 0.2  # how far scores are from calibrated, as `Calibration.fit` takes it


@dataclass(frozen=True, kw_only=True)
class ValidationResult:
    """One model's result on the rows held out; empty if there are none.

    Attributes:
        postprocessor: how its scores are read.
        validation: the figures of its answers.
        uncalibrated: the same figures before its scores were calibrated.
    """

    postprocessor: AnyPostprocessor
    validation: Mapping[str, float] = field(default_factory=dict)
    uncalibrated: Mapping[str, float] = field(default_factory=dict)


def check_rules(plan: Plan) -> None:
    """Refuse an impossible calibration or decision rule, before work on the data begins.

    Raises:
        ConfigError: one of them is unknown, or no row is held out to learn it from.
    """
    calibrations.get(plan.calibration)
    if plan.decide is not None:
        parse_rule(plan.decide)
    if plan.recipe.training.validation != 0:
        return
    if plan.decide is not None:
        raise ConfigError(
            f'decide = "{plan.decide}" with validation = 0: thresholds are learned on rows held out; '
            "hold out a share such as 0.1"
        )
    if asked_for(plan.calibration):
        raise ConfigError(
            f'calibration = "{plan.calibration}" with validation = 0: it is learned on rows held out; '
            "hold out a share such as 0.1"
        )


def validate_scores(
    prepared: Prepared, plan: Plan, scores: NDArray[Any], *, platt_scaled: bool = False
) -> ValidationResult:
    """Learn how to read a model's scores, and measure its answers.

    Args:
        prepared: the rows held out, with their targets and weights.
        plan: how scores are calibrated, and the rule of decision.
        scores: the model's raw scores of these rows, (rows, scores).
        platt_scaled: whether cross-validation on the rows trained on has made them nearly as sure as they should be.
    """
    task, targets, weights = prepared.task, prepared.validation_targets, prepared.validation_weights
    if not len(scores):
        return ValidationResult(postprocessor=postprocessor_of(task))
    postprocessor = learn_postprocessor(
        task,
        scores,
        targets,
        weights,
        calibration=plan.calibration,
        spread=SCALED if platt_scaled else UNKNOWN,
        decide=plan.decide,
    )
    return ValidationResult(
        postprocessor=postprocessor,
        validation=postprocessor.metrics(targets, scores, weights),
        uncalibrated=task.metrics(targets, scores, weights),
    )
