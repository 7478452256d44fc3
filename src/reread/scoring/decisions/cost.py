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
    """The lowest total cost of mistakes on the validation rows.

    A label that no row has would never be given; instead it is given if its probability makes it the cheaper answer:
    above alarm / (missed + alarm) (Elkan 2001, equation 2).

    Args:
        missed: what it costs to withhold a label from a text that has it.
        alarm: what it costs to give it to a text that does not.
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
    def choose(self, candidates: Candidates) -> float:
        thresholds, hits, alarms, positive = candidates
        if not positive > 0:
            return self.alarm / (self.missed + self.alarm)
        return float(thresholds[np.argmin(self.missed * (positive - hits) + self.alarm * alarms)])
