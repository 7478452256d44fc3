"""A given precision."""

from __future__ import annotations

from typing import Self

import numpy as np

from reread.errors import ConfigError
from reread.scoring.decisions import Candidates, Rule, rules
from reread.scoring.decisions.base import to_number
from reread.typing import override

ROUNDING = 1e-9  # so that 7 of 10 are 0.7


@rules.register("precision")
class StatedPrecision(Rule):
    """As many correct answers as a given precision allows; if no threshold reaches it, the label is never given.

    Args:
        precision: the share of given labels that should be correct.
    """

    def __init__(self, precision: float) -> None:
        self.precision = precision

    @classmethod
    @override
    def from_value(cls, value: str) -> Self:
        precision = to_number(value)
        if not 0 < precision <= 1:
            raise ConfigError(f'precision={value}: expected a share above 0 and up to 1, as in "precision=0.9"')
        return cls(precision)

    @override
    def choose(self, candidates: Candidates) -> float:
        thresholds, hits, alarms, _ = candidates
        enough = hits >= self.precision * (hits + alarms) - ROUNDING  # so does giving it to no row, the first of them
        return float(thresholds[np.argmax(np.where(enough, hits, -1.0))])
