"""The stack: the linear member, and as much of the network as the rows held out can defend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.bundle import ANSWERS, LINEAR, NETWORK, STACK
from reread.errors import ConfigError
from reread.model.stack import stacked
from reread.pipeline.plan import Plan
from reread.pipeline.prepare import Prepared
from reread.pipeline.validation import ValidationResult, validate_scores
from reread.registry import unknown_name
from reread.tasks import tasks

SHARES = tuple(step / 10 for step in range(11))  # of the network that are tried
UNTESTED = 0.5  # its share if no rows are held out
LEAST_HELD_OUT = 100  # rows held out that can say anything for the network
MACRO = ("macro_f1", "map")  # figures that count every class the same: they must not fall either


@dataclass(frozen=True, kw_only=True)
class Stacked(ValidationResult):
    """The stack and its result on the rows held out.

    Attributes:
        weights: how much each member counts, in sum 1, by its name.
        gain: by how much its loss on the rows held out is below the linear member's.
        error: the standard error of that difference.
        fast: the cheapest that answers as well, within one standard error.
    """

    weights: Mapping[str, float]
    fast: str
    gain: float = 0.0
    error: float = 0.0


def check_answer(plan: Plan) -> None:
    """Refuse an answer that cannot be had, before work on the data begins.

    Raises:
        ConfigError: there is no such answer, or it needs the linear member, which is not trained or cannot learn a
            target.
    """
    if plan.answer not in ANSWERS:
        raise unknown_name("answer", plan.answer, list(ANSWERS))
    if plan.recipe.training.offset is True and not plan.baseline:
        raise ConfigError(
            "training.offset=true with baseline=False: the network learns what the linear member leaves; "
            "train that too, or set training.offset=false"
        )
    if plan.answer != LINEAR:
        return
    if not plan.baseline:
        raise ConfigError(
            'answer="linear" with baseline=False: there is no linear member to answer; '
            "train it too, or answer with the network"
        )
    if not learns_linearly(plan):
        raise ConfigError('answer="linear": the linear member learns no quantiles; answer with the network')


def learns_linearly(plan: Plan) -> bool:
    """Whether the linear member can give every answer of the plan's targets."""
    each = plan.targets.values()
    return all(tasks.get(target.task).fits_linearly({**plan.recipe.task, **target.options}) for target in each)


def fit_stack(prepared: Prepared, plan: Plan, network: NDArray[Any], linear: NDArray[Any]) -> Stacked:
    """Choose how much the network counts.

    The linear member that gave these scores was trained on the training rows alone; the one that answers has since
    learned from all rows. The network was trained on the training rows too, but the rows held out chose its best step,
    which makes it look a little too good.

    Args:
        prepared: the rows held out, with their targets and weights.
        plan: how the stack's scores are read.
        network: the network's raw scores of these rows, on top of the linear member's if it learned so, (rows, scores).
        linear: the linear member's.
    """
    if not learns_linearly(plan):
        share, gain, error = 1.0, 0.0, 0.0
    elif 0 < len(network) < LEAST_HELD_OUT:
        share, gain, error = 0.0, 0.0, 0.0
    elif not len(network):
        share, gain, error = UNTESTED, 0.0, 0.0
    else:
        share, gain, error = choose_share(prepared, network, linear)
    fast = cheapest(prepared, network, linear, share)
    result = validate_scores(prepared, plan, stacked(linear, network, share))
    weights = {NETWORK: share, LINEAR: 1 - share}
    return Stacked(weights=weights, gain=gain, error=error, fast=fast, **vars(result))


def choose_share(prepared: Prepared, network: NDArray[Any], linear: NDArray[Any]) -> tuple[float, float, float]:
    """The network's share, how much that lowers the loss of the rows held out, and the standard error of it.

    Shares with a worse headline metric, or a worse mean over the classes, than the linear member's are no choice. The
    linear member alone is kept unless something is better by more than one standard error of the paired difference; so
    is the network alone, if that is better than the linear member.
    """
    task, weights = prepared.task, prepared.validation_weights
    encoded = prepared.encoded_targets[prepared.validation]
    scores = {share: stacked(linear, network, share) for share in SHARES}
    losses = {share: task.losses(encoded, each) for share, each in scores.items()}
    theirs = task.metrics(prepared.validation_targets, linear, weights)
    allowed = [share for share in SHARES if share == 0 or _no_worse(prepared, scores[share], theirs)]
    least = min(allowed, key=lambda share: float(np.average(losses[share], weights=weights)))
    kept, gain, error = 0.0, 0.0, 0.0
    for share in (share for share in (1.0, least) if share in allowed):
        lower, spread = paired(losses[kept] - losses[share], weights)
        if lower > spread:
            kept = share
            gain, error = paired(losses[0.0] - losses[share], weights)
    return kept, gain, error


def cheapest(prepared: Prepared, network: NDArray[Any], linear: NDArray[Any], share: float) -> str:
    """The first of linear member and network whose loss is within one standard error of the stack's, or the stack."""
    encoded, weights = prepared.encoded_targets[prepared.validation], prepared.validation_weights
    if share == 0:
        return LINEAR
    if not len(network):
        return STACK
    best = prepared.task.losses(encoded, stacked(linear, network, share))
    for name, scores in ((LINEAR, linear), (NETWORK, network)):
        higher, spread = paired(prepared.task.losses(encoded, scores) - best, weights)
        if higher <= spread:
            return name
    return STACK


def paired(differences: NDArray[Any], weights: NDArray[Any]) -> tuple[float, float]:
    """The weighted mean of differences, (rows,), and its standard error."""
    mean = float(np.average(differences, weights=weights))
    shares = weights / weights.sum()
    return mean, float(np.sqrt((shares**2) @ (differences - mean) ** 2))


def _no_worse(prepared: Prepared, scores: NDArray[Any], theirs: Mapping[str, float]) -> bool:
    """Whether no figure that matters is worse than the linear member's."""
    task = prepared.task
    ours = task.metrics(prepared.validation_targets, scores, prepared.validation_weights)
    headline = ours[task.headline] - theirs[task.headline]
    if (headline < 0) if task.higher_is_better else (headline > 0):
        return False
    return all(not ours[name] < theirs[name] for name in ours if name.rpartition(".")[2] in MACRO)
