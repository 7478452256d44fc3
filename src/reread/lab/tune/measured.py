"""What a search reads of a fitted model: the only place that does."""

from __future__ import annotations

import math
from typing import NamedTuple

from reread.pipeline.fitted import Fitted


class Outcome(NamedTuple):
    """A trained model: its headline metric on the rows held out, its training's seconds, whether the time cut it."""

    value: float
    training_seconds: float
    cut: bool


def outcome(fitted: Fitted) -> Outcome:
    """The outcome of what answers."""
    value = fitted.validation.get(fitted.task.headline, math.nan)
    return Outcome(float(value), fitted.state.seconds, fitted.state.stopped == "time")
