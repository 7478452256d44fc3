"""The interface of decision rules."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from reread.tasks.metrics.ranking import thresholds

NEVER = 1.0  # no probability is above it
HALF = 0.5  # if the rows do not tell


class Candidates(NamedTuple):
    """Thresholds that differ on some rows, from one that gives a label to no row down; each array (thresholds,)."""

    thresholds: NDArray[np.float64]
    hits: NDArray[np.float64]
    """The weight of rows that get the label and have it,"""
    alarms: NDArray[np.float64]
    """and of those that get it and do not."""
    positive: float
    """The weight of all rows that have it."""


def to_number(text: str) -> float:
    """A rule's value as a number; NaN if it is not one."""
    try:
        return float(text)
    except ValueError:
        return math.nan


class Rule(ABC):
    """Chooses the threshold above which a label is given."""

    @classmethod
    @abstractmethod
    def from_value(cls, value: str) -> Self:
        """The rule with the value after its name and an equals sign; empty if there is none.

        Raises:
            ConfigError: the value is invalid.
        """

    @abstractmethod
    def choose(self, candidates: Candidates) -> float:
        """The threshold: one of the candidates, or one that needs no rows."""


def candidates(
    came_true: NDArray[np.bool_], probabilities: NDArray[np.float64], weights: NDArray[np.float64]
) -> Candidates:
    """What each threshold would give; thresholds are halfway between neighbouring probabilities.

    Args:
        came_true: which rows have the label, (rows,).
        probabilities: those of the label, (rows,).
        weights: how much each row counts, (rows,).
    """
    gains, losses = thresholds(came_true, probabilities, weights)
    levels = np.append(np.unique(probabilities)[::-1], 0.0)
    middles = (levels[:-1] + levels[1:]) / 2
    return Candidates(
        np.concatenate([[NEVER], middles]), np.cumsum([0.0, *gains]), np.cumsum([0.0, *losses]), float(gains.sum())
    )
