"""What every rule of decision promises."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from reread.tasks.metrics.ranking import thresholds

NEVER = 1.0  # no chance is above it
HALF = 0.5  # where the rows do not say


class Candidates(NamedTuple):
    """The thresholds that differ on some rows, from the one that gives a label to no row down, each array (thresholds,)."""

    thresholds: NDArray[np.float64]
    hits: NDArray[np.float64]
    """The weight of rows that get the label and have it,"""
    alarms: NDArray[np.float64]
    """and of those that get it and do not."""
    positive: float
    """The weight of all rows that have it."""


def to_number(text: str) -> float:
    """The number that a rule's value spells; NaN where it spells none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


class Rule(ABC):
    """Chooses the threshold above which a label is given."""

    @classmethod
    @abstractmethod
    def from_value(cls, value: str) -> Self:
        """The rule with what stands behind its name and an equals sign; empty if nothing does.

        Raises:
            ConfigError: a value of another kind.
        """

    @abstractmethod
    def choose(self, candidates: Candidates) -> float:
        """The threshold: one of the candidates, or one that needs no rows."""


def candidates(came_true: NDArray[np.bool_], chances: NDArray[np.float64], rows: NDArray[np.float64]) -> Candidates:
    """What each threshold would give, halfway between chances that stand next to each other.

    Args:
        came_true: which rows have the label, (rows,).
        chances: its probability, (rows,).
        rows: how much each row counts, (rows,).
    """
    gains, losses = thresholds(came_true, chances, rows)
    found = np.append(np.unique(chances)[::-1], 0.0)
    middles = (found[:-1] + found[1:]) / 2
    return Candidates(
        np.concatenate([[NEVER], middles]), np.cumsum([0.0, *gains]), np.cumsum([0.0, *losses]), float(gains.sum())
    )
