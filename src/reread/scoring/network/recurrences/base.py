"""The interface of recurrences."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.kernel.numbers import Rows
from reread.kernel.packed_batch import BiasRows, PackedBatch
from reread.kernel.reading import Reader
from reread.scoring.network.tables import Part
from reread.scoring.network.tensors import Tensors

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Kept:
    """Where the states of one direction are stored; None: not stored.

    Attributes:
        largest: the largest value of each unit, (texts, filled).
        total: the sum of its values, likewise.
        ends: its value where reading stopped, likewise.
        outputs: every state at its token's row, as products read them.
        direction: which of the parts of ``outputs`` it writes.
    """

    largest: Floats | None = None
    total: Floats | None = None
    ends: Floats | None = None
    outputs: Rows | None = None
    direction: int = 0


class Direction(ABC):
    """One direction of a recurrent layer.

    Args:
        reader: the kernel's reader, in the products' dtype.
        tensors: this direction's.
        in_dim: length of its inputs.
        hidden: units.

    Attributes:
        part: the linear function of its inputs that is added to its sums.
        state_dim: length of its state.
        filled: units of its outputs, padded with zeros to whole vectors.
    """

    part: Part
    state_dim: int

    def __init__(self, reader: Reader, tensors: Tensors, in_dim: int, hidden: int) -> None:
        self.reader, self.in_dim, self.hidden = reader, in_dim, hidden
        self.filled = reader.filled(hidden)
        self.prepare(tensors)

    @abstractmethod
    def prepare(self, tensors: Tensors) -> None:
        """Set ``part``, ``state_dim`` and whatever else reading needs."""

    @abstractmethod
    def read(self, packed: PackedBatch, bias_rows: BiasRows, state: Floats, *, reverse: bool, kept: Kept) -> Floats:
        """Read texts from ``state`` (texts, state_dim), adding ``bias_rows`` to their sums; returns the state after."""
