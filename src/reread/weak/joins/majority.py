"""The majority."""

from __future__ import annotations

from reread.typing import override
from reread.weak.joins import Join, joins
from reread.weak.joins.base import Floats, Patterns


@joins.register("majority")
class Majority(Join):
    """The share of the votes that each class has: every rule counts the same, and so does a model's answer."""

    @override
    def probabilities(self, patterns: Patterns) -> Floats:
        votes = patterns.cast().sum(axis=1)
        if patterns.answers is not None:
            votes += patterns.answers
        shares: Floats = votes / votes.sum(axis=1, keepdims=True)
        return shares
