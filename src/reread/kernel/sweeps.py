"""What the kernel's sweeps of every recurrence have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library, available, load
from reread.typing import override


@dataclass(frozen=True)
class Texts:
    """The texts of a batch as a sweep visits them.

    Attributes:
        lengths: tokens of each, int32 (batch,), at most time.
        order: the texts that are read, from the longest to the shortest, int32; a light sweep reads all, as they stand.
        index: the row of the inputs that each position reads, int32 (batch, time).
        reverse: read from the end.
    """

    lengths: NDArray[np.int32]
    order: NDArray[np.int32]
    index: NDArray[np.int32]
    reverse: bool


class Sweeps:
    """The sweeps of one recurrence by one build, with products in one kind of numbers."""

    def __init__(self, library: Library, precision: str) -> None:
        self.library, self.precision = library, precision

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.library.level, self.precision)


def _restored(kind: type[Sweeps], level: str, precision: str) -> Sweeps | None:
    """The sweeps of a copied network; None, so that torch does them, where this machine has no such build."""
    library = load(level) if level in available() else None
    return None if library is None else kind(library, precision)
