"""The best F1."""

from __future__ import annotations

from typing import Self

import numpy as np

from reread.errors import ConfigError
from reread.scoring.decisions import Candidates, Rule, rules
from reread.scoring.decisions.base import HALF
from reread.typing import override


@rules.register("f1")
class BestF1(Rule):
    """The threshold of the best F1 for each label (van Rijsbergen 1979); 0.5 for a label that no row has."""

    @classmethod
    @override
    def from_value(cls, value: str) -> Self:
        if value:
            raise ConfigError(f'f1={value}: the rule takes no value; use "f1"')
        return cls()

    @override
    def choose(self, candidates: Candidates) -> float:
        thresholds, hits, alarms, positive = candidates
        if not positive > 0:
            return HALF
        return float(thresholds[np.argmax(2 * hits / (hits + alarms + positive))])
