"""Mean pooling."""

from __future__ import annotations

import numpy as np

from reread.kernel.reading import Reader
from reread.scoring.network.poolings import Pooling, poolings
from reread.scoring.network.reading import Floats, Reading
from reread.scoring.network.tensors import Tensors
from reread.typing import override


@poolings.register("mean")
class MeanPooling(Pooling):
    """The average state over the tokens of a text. The summary is the sum, then the count."""

    wants = frozenset({"total"})

    def __init__(self, reader: Reader, tensors: Tensors, in_dim: int, backward: slice) -> None:
        super().__init__(reader, tensors, in_dim, backward)
        self.summary_dim = in_dim + 1

    @override
    def add(self, summary: Floats, reading: Reading) -> Floats:
        return summary + np.concatenate([reading.total(), reading.lengths[:, None]], axis=1, dtype=np.float32)

    @override
    def finish(self, summary: Floats) -> Floats:
        counts: Floats = summary[:, -1:].clip(min=1)
        return summary[:, :-1] / counts

    @classmethod
    @override
    def account(cls, values: Floats, backward: slice, tensors: Tensors) -> Floats:
        return values / np.float32(len(values))
