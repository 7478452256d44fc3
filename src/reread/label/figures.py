"""How alike two answers to the same texts are, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from reread.statistics.shares import exact_interval

COVERAGE = 0.95
RESAMPLES = 2000


@dataclass(frozen=True)
class Share:
    """Of so many texts, so many have the same answer twice.

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


@dataclass(frozen=True)
class Distance:
    """How far two numbers for the same text are apart.

    Attributes:
        mean: in the mean, without their signs.
        of: of so many texts.
        low: the lowest mean of the percentile bootstrap's interval (Efron & Tibshirani 1993, chapter 13), 95 %.
        high: its highest.
    """

    mean: float
    of: int
    low: float
    high: float


Figure: TypeAlias = Share | Distance


def share(right: int, of: int) -> Share | None:
    """So many of so many; None: of none."""
    return Share(right, of, *exact_interval(right, of, COVERAGE)) if of else None


def distance(differences: Sequence[float]) -> Distance | None:
    """The mean of differences without their signs; None: fewer than two, of which no interval is known."""
    if len(differences) < 2:
        return None
    sizes = np.abs(np.asarray(differences, np.float64))
    means = np.random.default_rng(0).choice(sizes, (RESAMPLES, len(sizes))).mean(axis=1)
    low, high = np.quantile(means, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return Distance(float(sizes.mean()), len(sizes), float(low), float(high))
