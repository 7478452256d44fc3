"""What the kernel's sweeps of every recurrence share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library, available, load
from reread.typing import override


@dataclass(frozen=True)
class Texts:
    """The texts of a batch in the order of a sweep.

    Attributes:
        lengths: tokens of each, int32 (batch,), at most time.
        order: the texts to read, from longest to shortest, int32; a light sweep reads all in their given order.
        index: the row of the inputs that each position reads, int32 (batch, time).
        reverse: read from the end.
    """

    lengths: NDArray[np.int32]
    order: NDArray[np.int32]
    index: NDArray[np.int32]
    reverse: bool


class Sweeps:
    """The sweeps of one recurrence by one build, with products in one dtype."""

    def __init__(self, library: Library, precision: str) -> None:
        self.library, self.precision = library, precision

    @override
    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.library.level, self.precision)


def _restored(kind: type[Sweeps], level: str, precision: str) -> Sweeps | None:
    """The sweeps of an unpickled network; None, so that torch is used, if this machine lacks the build."""
    library = load(level) if level in available() else None
    return None if library is None else kind(library, precision)
