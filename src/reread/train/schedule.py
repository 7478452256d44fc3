"""The learning rate as a function of the step alone: no schedule depends on wall time."""

from __future__ import annotations

import math
from collections.abc import Callable

from reread.errors import ConfigError
from reread.registry import unknown_name

FLOOR = 0.05  # share of the rate at the end and after it

DECAYS: dict[str, Callable[[float], float]] = {
    "constant": lambda _: 1.0,
    "linear": lambda done: 1 - (1 - FLOOR) * done,
    "cosine": lambda done: FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * done)) / 2,
}


def rate_factor(step: int, total: int, *, warmup: int, decay: str) -> float:
    """The factor of the learning rate at ``step`` (from 0) of ``total`` planned steps.

    Raises:
        ConfigError: the decay is unknown.
    """
    if decay not in DECAYS:
        raise unknown_name("decay", decay, sorted(DECAYS))
    if total < 1:
        raise ConfigError(f"a schedule over {total} steps: at least 1 is needed")
    rising = min(1.0, (step + 1) / (warmup + 1))
    return rising * DECAYS[decay](min(1.0, step / total))
