"""Word vectors in the embedding, all else random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from reread.ids import UNKNOWN
from reread.nn.model import TextNet
from reread.train.start import Start, starts
from reread.typing import override

Rows: TypeAlias = tuple[NDArray[np.float32], NDArray[np.bool_]]


@starts.register("vectors")
class Vectors(Start):
    """Known words start from their vectors, others from random numbers of that size, the unknown word from the mean.

    Args:
        tables: for each feature of a token, the vectors of its vocabulary's tokens, (tokens, dim), and which are known,
            (tokens,).
        scale: the standard deviation of the random numbers.
        frozen: whether training leaves the vectors as they are.
        slow: whether the vectors know enough to learn more slowly than others.
    """

    def __init__(self, tables: Sequence[Rows], scale: float, *, frozen: bool, slow: bool = False) -> None:
        self.tables, self.scale, self.frozen = tables, scale, frozen
        self.parts = ("embedding",)
        self.pretrained = self.parts if slow else ()

    @override
    def begin(self, net: TextNet) -> None:
        with torch.no_grad():
            for table, rows in zip(net.embedding.tables, self.tables, strict=True):
                weight = cast("nn.Embedding", table).weight
                matrix, known = map(torch.from_numpy, rows)
                weight.normal_(std=self.scale)
                if known.any():
                    weight[1:][known] = matrix[known]
                    weight[UNKNOWN] = matrix[known].mean(dim=0)
                weight.requires_grad_(not self.frozen)
