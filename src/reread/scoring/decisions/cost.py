"""Stated costs of the two mistakes."""

from __future__ import annotations

import math
from typing import Self

import numpy as np

from reread.errors import ConfigError
from reread.scoring.decisions import Candidates, Rule, rules
from reread.scoring.decisions.base import to_number
from reread.typing import override


@rules.register("cost")
class StatedCost(Rule):
    """The lowest sum of what mistakes cost, on the rows held out: chances that hold would need no rows (Elkan 2001, equation 2).

    Args:
        missed: what it costs to withhold a label from a text that has it.
        alarm: what it costs to give it to one that has not.
    """

    def __init__(self, missed: float, alarm: float) -> None:
        self.missed, self.alarm = missed, alarm

    @classmethod
    @override
    def from_value(cls, value: str) -> Self:
        missed, _, alarm = value.partition(":")
        costs = to_number(missed), to_number(alarm)
        if not all(0 < cost < math.inf for cost in costs):
            raise ConfigError(f'cost={value}: expected MISSED:ALARM, both above 0, as in "cost=10:1"')
        return cls(*costs)

    @override
    def choose(self, candidates: Candidates) -> int:
        _, hits, alarms, positive = candidates
        return int(np.argmin(self.missed * (positive - hits) + self.alarm * alarms))
