"""What a search reads of a fitted model: the only place that does."""

from __future__ import annotations

import math
from typing import NamedTuple

from reread.bundle import NETWORK
from reread.pipeline.fitted import Fitted


class Outcome(NamedTuple):
    """A trained model.

    Attributes:
        value: its headline metric on the rows held out.
        training_seconds: of its network.
        cut: whether the time ended that.
        network: how much the network counts in the answers, from 0 to 1.
    """

    value: float
    training_seconds: float
    cut: bool
    network: float


def outcome(fitted: Fitted) -> Outcome:
    """The outcome of what answers."""
    value = fitted.validation.get(fitted.task.headline, math.nan)
    cut, network = fitted.state.stopped == "time", fitted.members.get(NETWORK, 0.0)
    return Outcome(float(value), fitted.state.seconds, cut, network)
