"""What a pooling can request about the texts of one window."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from reread.typing import override

Floats = NDArray[np.float32]


class Reading(ABC):
    """The texts of one window, from longest to shortest.

    Args:
        lengths: tokens of each, (texts,).
    """

    def __init__(self, lengths: NDArray[np.int32]) -> None:
        self.lengths = lengths

    @abstractmethod
    def largest(self) -> Floats:
        """The largest value of each component, (texts, dim)."""

    @abstractmethod
    def total(self) -> Floats:
        """The sum of each component, (texts, dim)."""

    @abstractmethod
    def ends(self) -> Floats:
        """Each component where its direction stopped reading, (texts, dim)."""


class Everywhere(Reading):
    """Values at all positions.

    Args:
        lengths: tokens of each text, (texts,).
        starts: the row of each text's first token, (texts,); texts follow one another.
        values: (rows, dim).
        backward: which components were read from right to left.
    """

    def __init__(self, lengths: NDArray[np.int32], starts: NDArray[np.int64], values: Floats, backward: slice) -> None:
        super().__init__(lengths)
        self.starts, self.values, self._backward = starts, values, backward

    @override
    def largest(self) -> Floats:
        return np.maximum.reduceat(self.values, self.starts)

    @override
    def total(self) -> Floats:
        total: Floats = np.add.reduceat(self.values, self.starts)
        return total

    @override
    def ends(self) -> Floats:
        ends: Floats = self.values[self.starts + self.lengths - 1]
        ends[:, self._backward] = self.values[self.starts, self._backward]
        return ends


class Pooled(Reading):
    """The values that were pooled while reading."""

    def __init__(self, lengths: NDArray[np.int32], **pooled: Floats) -> None:
        super().__init__(lengths)
        self._pooled = pooled

    @override
    def largest(self) -> Floats:
        return self._pooled["largest"]

    @override
    def total(self) -> Floats:
        return self._pooled["total"]

    @override
    def ends(self) -> Floats:
        return self._pooled["ends"]
