"""Attention pooling: Yang et al. 2016, equations 5-7 (one context vector for all texts)."""

from __future__ import annotations

import numpy as np

from reread.kernel.reading import Reader
from reread.scoring.network.dense import Dense
from reread.scoring.network.poolings import Pooling, poolings
from reread.scoring.network.reading import Everywhere, Floats, Reading
from reread.scoring.network.tensors import Tensors
from reread.typing import override


@poolings.register("attention")
class AttentionPooling(Pooling):
    """The average state, weighted by a softmax over how well tanh(W h + b) fits a learned vector.

    The summary is the weighted sum, the sum of the weights and the largest logit (see
    `reread.nn.poolings.attention`).
    """

    def __init__(self, reader: Reader, tensors: Tensors, in_dim: int, backward: slice) -> None:
        super().__init__(reader, tensors, in_dim, backward)
        self.summary_dim = in_dim + 2
        self._project = Dense(
            reader, tensors.take("project.weight", in_dim, in_dim), tensors.take("project.bias", in_dim)
        )
        self._context = Dense(reader, tensors.take("context.weight", 1, in_dim))

    @override
    def add(self, summary: Floats, reading: Reading) -> Floats:
        if not isinstance(reading, Everywhere):
            raise TypeError("attention reads the values at all positions")
        old_sum, old_weight, old_top = np.split(summary, [self.in_dim, self.in_dim + 1], axis=1)
        logits = self._context(np.tanh(self._project(reading.values)))
        top = np.maximum(old_top, np.maximum.reduceat(logits, reading.starts))
        weights = np.exp(logits - np.repeat(top, reading.lengths, axis=0))
        rescale = np.exp(old_top - top)
        new_sum = old_sum * rescale + np.add.reduceat(weights * reading.values, reading.starts)
        return np.concatenate([new_sum, old_weight * rescale + np.add.reduceat(weights, reading.starts), top], axis=1)

    @override
    def finish(self, summary: Floats) -> Floats:
        return summary[:, :-2] / summary[:, -2:-1]

    @classmethod
    @override
    def account(cls, values: Floats, backward: slice, tensors: Tensors) -> Floats:
        return cls.attention(values, tensors)[:, None] * values

    @staticmethod
    def attention(values: Floats, tensors: Tensors) -> Floats:
        """The weight of each position, (time,): at least 0, with sum 1."""
        dim = values.shape[1]
        fit = np.tanh(values @ tensors.take("project.weight", dim, dim).T + tensors.take("project.bias", dim))
        logits = (fit @ tensors.take("context.weight", 1, dim).T)[:, 0]
        powers = np.exp(logits - logits.max())
        weights: Floats = powers / powers.sum()
        return weights
