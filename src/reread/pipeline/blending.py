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
    """What was learned of network and baseline together.

    Attributes:
        weights: how much each counts, in sum 1, by its name in a model folder.
    """

    weights: Mapping[str, float]


def check_blend(plan: Plan) -> None:
    """Refuse to blend what cannot be blended, before the data is worked on.

    Raises:
        ConfigError: as said.
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

    The baseline that gave these scores was trained on the training rows alone; the one that answers has learned from all rows since. The network was
    trained on the training rows too, but these rows chose its best step, which speaks a little too well of it.

    Args:
        prepared: the rows held out, with their targets and weights.
        plan: how the blend is calibrated.
        scores: the network's raw scores of these rows, (rows, scores).
        baseline_scores: the baseline's.
    """
    task, targets, rows = prepared.task, prepared.validation_targets, prepared.validation_weights
    weights = learn_weights(task, (scores, baseline_scores), targets, rows)
    mixed = task.mix((scores, baseline_scores), weights)
    return Blended(weights=dict(zip(BLEND, weights, strict=True)), **vars(validate_scores(prepared, plan, mixed)))
