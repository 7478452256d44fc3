"""The last state: where each direction stopped reading."""

from __future__ import annotations

import numpy as np

from reread.kernel.reading import Reader
from reread.scoring.network.poolings import Pooling, poolings
from reread.scoring.network.reading import Floats, Reading
from reread.scoring.network.tensors import Tensors
from reread.typing import override


@poolings.register("last")
class LastPooling(Pooling):
    """The forward state at the last token and the backward state at the first.

    The summary ends in a flag: 1 after the first window.
    """

    wants = frozenset({"ends"})

    def __init__(self, reader: Reader, tensors: Tensors, in_dim: int, backward: slice) -> None:
        super().__init__(reader, tensors, in_dim, backward)
        self.summary_dim = in_dim + 1

    @override
    def add(self, summary: Floats, reading: Reading) -> Floats:
        ends, begun = reading.ends().copy(), summary[:, -1:] > 0
        ends[:, self.backward] = np.where(begun, summary[:, self.backward], ends[:, self.backward])
        return np.concatenate([ends, np.ones_like(summary[:, :1])], axis=1)

    @override
    def finish(self, summary: Floats) -> Floats:
        return summary[:, :-1]

    @classmethod
    @override
    def account(cls, values: Floats, backward: slice, tensors: Tensors) -> Floats:
        account = np.zeros_like(values)
        account[-1] = values[-1]
        account[-1, backward] = 0
        account[0, backward] = values[0, backward]
        return account
