"""Network and linear baseline blended: weights learned on the rows held out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from reread.bundle import BLEND
from reread.errors import ConfigError
from reread.model.blend import learn_weights
from reread.pipeline.plan import Plan
from reread.pipeline.prepare import Prepared
from reread.pipeline.validation import ValidationResult, validate_scores
from reread.tasks import tasks


@dataclass(frozen=True, kw_only=True)
class Blended(ValidationResult):
    """The blend of network and baseline: its weights and its result on the rows held out.

    Attributes:
        weights: how much each counts, in sum 1, by its name in a model folder.
    """

    weights: Mapping[str, float]


def check_blend(plan: Plan) -> None:
    """Refuse a blend that cannot be made, before work on the data begins.

    Raises:
        ConfigError: there is no baseline, no row is held out, or the baseline cannot learn a target.
    """
    if not plan.blend:
        return
    if not plan.baseline:
        raise ConfigError("blend without the linear baseline: it is half of the blend; train it too or leave blend out")
    if plan.recipe.training.validation == 0:
        raise ConfigError(
            "blend with validation = 0: the weights are learned on rows held out; "
            "hold out a share such as 0.1 or leave blend out"
        )
    for name, target in plan.targets.items():
        if not tasks.get(target.task).fits_linearly({**plan.recipe.task, **target.options}):
            raise ConfigError(
                f'blend of quantiles: the linear baseline learns no quantiles of "{name}"; '
                "name another loss or leave blend out"
            )


def fit_blend(prepared: Prepared, plan: Plan, scores: NDArray[Any], baseline_scores: NDArray[Any]) -> Blended:
    """Learn the weights of network and baseline.

    The baseline that gave these scores was trained on the training rows alone; the one that answers has since learned
    from all rows. The network was trained on the training rows too, but the rows held out chose its best step, which
    makes it look a little too good.

    Args:
        prepared: the rows held out, with their targets and weights.
        plan: how the blend is calibrated.
        scores: the network's raw scores of these rows, (rows, scores).
        baseline_scores: the baseline's.
    """
    task, targets, sample_weights = prepared.task, prepared.validation_targets, prepared.validation_weights
    weights = learn_weights(task, (scores, baseline_scores), targets, sample_weights)
    mixed = task.mix((scores, baseline_scores), weights)
    return Blended(weights=dict(zip(BLEND, weights, strict=True)), **vars(validate_scores(prepared, plan, mixed)))
