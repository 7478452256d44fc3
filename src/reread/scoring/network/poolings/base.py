"""The interface of poolings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from reread.kernel.reading import Reader
from reread.scoring.network.reading import Floats, Reading
from reread.scoring.network.tensors import Tensors


class Pooling(ABC):
    """Reads texts window by window into summaries as `reread.nn.poolings` does; a summary becomes one vector.

    Args:
        reader: what multiplies its tensors, in float32.
        tensors: of the pooling.
        in_dim: length of each state.
        backward: which components of a state were read from right to left.

    Attributes:
        wants: what it needs of a reading, so that the kernel can pool while reading: "largest", "total", "ends"; or
            nothing, if it reads the values at all positions.
        out_dim: length of the text's vector.
        summary_dim: length of the summary.
    """

    wants: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, reader: Reader, tensors: Tensors, in_dim: int, backward: slice) -> None:
        del reader, tensors  # most have none
        self.in_dim, self.backward = in_dim, backward
        self.out_dim = self.summary_dim = in_dim

    @abstractmethod
    def add(self, summary: Floats, reading: Reading) -> Floats:
        """Merge a reading into summary (texts, summary_dim)."""

    def finish(self, summary: Floats) -> Floats:
        """Map summary (texts, summary_dim) to the texts' vectors."""
        return summary

    @classmethod
    @abstractmethod
    def account(cls, values: Floats, backward: slice, tensors: Tensors) -> Floats:
        """The contribution of each position to one text's vector, (time, out_dim); it sums to the vector over time.

        Args:
            values: what is pooled, (time, in_dim).
            backward: which components were read from right to left.
            tensors: of the pooling.
        """
