"""The stack: the linear member, and as much of the network as the rows held out can defend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.bundle import ANSWERS, LINEAR, NETWORK, STACK
from reread.errors import ConfigError
from reread.pipeline.mixtures import Mixtures
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.validation import ValidationResult, validate_scores
from reread.registry import unknown_name
from reread.tasks import tasks

PARTS = tuple(step / 10 for step in range(11))  # of a mixture that the network is tried as
UNTESTED = 0.5  # its share if no rows are held out
LEAST_HELD_OUT = 100  # rows held out that can say anything for the network
LEAST_OF_LABEL = 30  # of these rows, with a label that is one of several, as the median of the labels
FEW_HELD_OUT = 500  # fewer show a gain by chance too often, and a best share that is too large
ERRORS, ERRORS_OF_FEW = 1.0, 2.0  # standard errors that a gain must be above
WORTH = 0.002  # of the loss: what a gain must be to pay for the time of a second member
FIGURES = ("accuracy", "micro_f1", "macro_f1", "map")  # none may fall


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


def fit_stack(
    prepared: Prepared, plan: Plan, network: NDArray[Any], linear: NDArray[Any], *, platt_scaled: bool = False
) -> Stacked:
    """Choose how much the network counts.

    The linear member that gave these scores was trained on the training rows alone; the one that answers has since
    learned from all rows. The network was trained on the training rows too, but the rows held out chose its best step,
    which makes it look a little too good.

    Args:
        prepared: the rows held out, with their targets and weights.
        plan: how the stack's scores are read.
        network: the network's raw scores of these rows, on top of the linear member's if it learned so, (rows, scores).
        linear: the linear member's.
        platt_scaled: whether the linear member's are nearly as sure as they should be.
    """
    mixtures = Mixtures(prepared, network, linear)
    if not learns_linearly(plan):
        share, gain, error = 1.0, 0.0, 0.0
    elif 0 < len(network) < LEAST_HELD_OUT or has_rare_labels(prepared):
        share, gain, error = 0.0, 0.0, 0.0
    elif not len(network):
        share, gain, error = UNTESTED, 0.0, 0.0
    else:
        share, gain, error = choose_share(mixtures)
    fast = cheapest(mixtures, share)
    result = validate_scores(prepared, plan, mixtures.scores(share), platt_scaled=platt_scaled and share == 0)
    weights = {NETWORK: share, LINEAR: 1 - share}
    return Stacked(weights=weights, gain=gain, error=error, fast=fast, **vars(result))


def has_rare_labels(prepared: Prepared) -> bool:
    """Whether most of several labels stand in so few of the rows held out that their F1 says nothing.

    Networks rank labels better than they give them, and give too few; that shows only in rows with the label.
    """
    several = len(prepared.task.decided) > 1
    if not several or not len(prepared.validation):
        return False
    of_labels = (prepared.encoded_targets[prepared.validation] > 0).sum(axis=0)
    return bool(np.median(of_labels) < LEAST_OF_LABEL)


def choose_share(mixtures: Mixtures) -> tuple[float, float, float]:
    """The network's share, how much that lowers the loss of the rows held out, and the standard error of it.

    The members are mixed, and every loss is taken, at the temperature that fits these rows best: a network that is too
    sure would fill a mixture with little of it, and the answers are calibrated in the end. The share is the one that
    surely gains most: its gain less the standard error of the gain, or twice that error of few rows, among the shares
    that make no figure of the answers worse: a network can rank labels better, and give too few of them. The linear
    member alone is kept unless that is better by more than this error of the paired difference, equal texts counted as
    one, and by what is worth its time; so is the network alone, if that is better than the linear member.
    """
    errors = ERRORS_OF_FEW if mixtures.rows < FEW_HELD_OUT else ERRORS
    theirs = mixtures.metrics(0.0)
    shares = [share_of(part, mixtures.temperature(1.0), mixtures.temperature(0.0)) for part in PARTS]
    allowed = [share for share in shares if share == 0 or no_worse(mixtures, share, theirs)]

    def surely(share: float) -> float:
        lower, spread = mixtures.gain(0.0, share)
        return lower - errors * spread

    kept, gain, error = 0.0, 0.0, 0.0
    for share in (share for share in (1.0, max(allowed, key=surely)) if share in allowed):
        lower, spread = mixtures.gain(kept, share)
        if lower > max(errors * spread, WORTH * float(np.average(mixtures.losses(kept), weights=mixtures.weights))):
            kept = share
            gain, error = mixtures.gain(0.0, share)
    return kept, gain, error


def share_of(part: float, network: float, linear: float) -> float:
    """The share of the network's raw scores that makes it a part of a mixture at these temperatures of the members."""
    own, other = part / network, (1 - part) / linear
    return own / (own + other)


def cheapest(mixtures: Mixtures, share: float) -> str:
    """The first of linear member and network whose loss is within one standard error of the stack's, or the stack.

    A network also has to be no worse than the linear member: of few rows, a standard error allows much.
    """
    if share == 0:
        return LINEAR
    if not mixtures.rows:
        return STACK
    for name, alone in ((LINEAR, 0.0), (NETWORK, 1.0)):
        higher, spread = mixtures.gain(alone, share)
        if higher <= spread and mixtures.gain(0.0, alone)[0] >= 0:
            return name
    return STACK


def no_worse(mixtures: Mixtures, share: float, theirs: Mapping[str, float]) -> bool:
    """Whether no figure that matters is worse than the linear member's."""
    task, ours = mixtures.task, mixtures.metrics(share)
    headline = ours[task.headline] - theirs[task.headline]
    if (headline < 0) if task.higher_is_better else (headline > 0):
        return False
    return all(not ours[name] < theirs[name] for name in ours if name.rpartition(".")[2] in FIGURES)
