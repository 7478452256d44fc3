"""Max and mean pooling, side by side."""

from __future__ import annotations

import numpy as np

from reread.kernel.reading import Reader
from reread.scoring.network.poolings import Pooling, poolings
from reread.scoring.network.poolings.max import MaxPooling
from reread.scoring.network.poolings.mean import MeanPooling
from reread.scoring.network.reading import Floats, Reading
from reread.scoring.network.tensors import Tensors
from reread.typing import override


@poolings.register("max_mean")
class MaxMeanPooling(Pooling):
    """The largest and the average value of each component over the text."""

    wants = MaxPooling.wants | MeanPooling.wants

    def __init__(self, reader: Reader, tensors: Tensors, in_dim: int, backward: slice) -> None:
        super().__init__(reader, tensors, in_dim, backward)
        self._max = MaxPooling(reader, tensors, in_dim, backward)
        self._mean = MeanPooling(reader, tensors, in_dim, backward)
        self.out_dim = self._max.out_dim + self._mean.out_dim
        self.summary_dim = self._max.summary_dim + self._mean.summary_dim

    @override
    def add(self, summary: Floats, reading: Reading) -> Floats:
        largest, total = np.split(summary, [self._max.summary_dim], axis=1)
        return np.concatenate([self._max.add(largest, reading), self._mean.add(total, reading)], axis=1)

    @override
    def finish(self, summary: Floats) -> Floats:
        largest, total = np.split(summary, [self._max.summary_dim], axis=1)
        return np.concatenate([self._max.finish(largest), self._mean.finish(total)], axis=1)

    @classmethod
    @override
    def account(cls, values: Floats, backward: slice, tensors: Tensors) -> Floats:
        each = [pooling.account(values, backward, tensors) for pooling in (MaxPooling, MeanPooling)]
        return np.concatenate(each, axis=1)
