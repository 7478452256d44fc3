"""How often the linear member answered as people did, before it had learned their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reread.statistics.shares import exact_interval

FEWEST = 10  # texts: fewer say nothing
MOST = 200  # and what more would add is no longer about the linear member of now
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
    """The accuracy on the newer half of the texts; None: they are too few.

    The linear member of the first labels was a worse one. Those that answered the newer half had at least about half of
    the labels of now.

    Args:
        right: whether each answer was right, in the order in which labels were given.
    """
    if len(right) < FEWEST:
        return None
    last = right[-min(MOST, max(FEWEST, (len(right) + 1) // 2)) :]
    return RunningAccuracy(sum(last), len(last), *exact_interval(sum(last), len(last), COVERAGE))
