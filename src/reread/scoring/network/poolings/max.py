"""Max pooling: docs/sources.md, S1, equation 15."""

from __future__ import annotations

import numpy as np

from reread.scoring.network.poolings import Pooling, poolings
from reread.scoring.network.reading import Floats, Reading
from reread.scoring.network.tensors import Tensors
from reread.typing import override


@poolings.register("max")
class MaxPooling(Pooling):
    """The largest value of each component over the text."""

    wants = frozenset({"largest"})

    @override
    def add(self, summary: Floats, reading: Reading) -> Floats:
        return np.maximum(summary, reading.largest())

    @classmethod
    @override
    def account(cls, values: Floats, backward: slice, tensors: Tensors) -> Floats:
        best = values.argmax(axis=0)[None]
        account = np.zeros_like(values)
        np.put_along_axis(account, best, np.take_along_axis(values, best, axis=0), axis=0)
        return account
