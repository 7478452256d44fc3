"""How often the linear member answered as people did, before it had learned their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reread.statistics.shares import exact_interval

LAST = 200  # texts that count: the linear member of the first labels was another one
COVERAGE = 0.95


@dataclass(frozen=True)
class RunningAccuracy:
    """Of texts drawn at random, so many were answered rightly.

    Attributes:
        right: so many.
        of: of so many.
        low: the exact interval's lowest share (Clopper & Pearson 1934), 95 %.
        high: its highest.
    """

    right: int
    of: int
    low: float
    high: float


def running_accuracy(right: Sequence[bool]) -> RunningAccuracy | None:
    """The accuracy on the last texts; None: there are none.

    Args:
        right: whether each answer was right, in the order in which labels were given.
    """
    last = right[-LAST:]
    if not last:
        return None
    return RunningAccuracy(sum(last), len(last), *exact_interval(sum(last), len(last), COVERAGE))
