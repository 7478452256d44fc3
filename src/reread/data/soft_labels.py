"""Soft labels: how likely each class of a text is, read from a column for each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.data.values import BadValueError, is_missing, number_of

Shares: TypeAlias = Mapping[Any, float]
"""Class → its probability."""


class SoftTargets(Enum):
    """Whether a target may be probabilities, in a column for each class, and of what."""

    NONE = "none"
    CLASSES = "classes"
    """Of one class out of several: they sum to 1."""
    LABELS = "labels"
    """Of separate labels: each has a probability of its own."""


USUAL = "probability"  # `reread predict` and `reread weak` write probability:CLASS
ROUNDING = 0.01  # of a sum of probabilities that were written with few digits
GIVEN = 0.5  # the probability of a label that a text more likely has than not


def soft_columns(columns: Sequence[str], asked: str | None, usual: Sequence[str]) -> dict[str, str]:
    """The columns of probabilities, by class; empty if labels are read from one column.

    Args:
        columns: the names a file has.
        asked: the name the user gave: ``NAME`` stands for the columns ``NAME:CLASS`` where there is no column ``NAME``.
        usual: the columns that hold labels by their names; where there is none, ``probability:CLASS`` are read.
    """
    if asked in columns or (asked is None and usual):
        return {}
    start = f"{asked or USUAL}:"
    found = {column.removeprefix(start): column for column in columns if column.startswith(start)}
    return found if len(found) > 1 else {}


class SharesReader:
    """Reads the probabilities of one text.

    Args:
        classes: their names, in the order of the values.
        several: whether a text can have several labels: each has a probability of its own.
    """

    def __init__(self, classes: Sequence[str], *, several: bool) -> None:
        self.classes, self.several = tuple(classes), several

    def __call__(self, values: Sequence[Any]) -> Shares | None:
        """The probability of each class; None where no value is given.

        Raises:
            BadValueError: a value is missing or is no probability, or they do not sum to 1.
        """
        if all(map(is_missing, values)):
            return None
        shares = dict(zip(self.classes, map(number_of, values), strict=True))
        for label, share in shares.items():
            if not 0 <= share <= 1:
                raise BadValueError(f"gives {label} a probability of {share:g}; it must be from 0 to 1")
        total = sum(shares.values())
        if self.several:
            return shares
        if abs(total - 1) > ROUNDING:
            raise BadValueError(
                f"has probabilities that sum to {total:.4g}, not to 1; those of separate labels are read with "
                "task multilabel"
            )
        return {label: share / total for label, share in shares.items()}


def likeliest(shares: Shares, *, several: bool) -> Any:
    """The class with the highest probability, the first of equal ones; of several labels those above a half."""
    if several:
        return [label for label, share in shares.items() if share > GIVEN]
    return max(shares, key=shares.__getitem__)


def as_matrix(shares: Sequence[Shares], classes: Sequence[Any]) -> NDArray[np.float32]:
    """The probabilities of these classes, (rows, classes)."""
    return np.array([[each.get(label, 0.0) for label in classes] for each in shares], dtype=np.float32)
