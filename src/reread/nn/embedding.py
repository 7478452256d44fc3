"""Ids → vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

from reread.ids import UNKNOWN
from reread.nn.graph import Graph, Value
from reread.nn.token_vectors import TokenVectors
from reread.registry import unknown_name
from reread.typing import override

DROPOUTS = ["word", "position"]


class TokenEmbedding(nn.Module):
    """Look up each feature of a token in its table and concatenate the vectors.

    Args:
        sizes: rows of each feature's table; row 0 is the unknown token.
        dim: length of each feature's vector.
        word_dropout: share of tokens that training replaces by the unknown token.
        dropout: share of vector components that training sets to zero.
        dropout_by: "word": a word of a batch loses the same components everywhere; "position": each position others.
        token_weights: whether each token's vector is multiplied by a learned number, 1 at first.

    Raises:
        ConfigError: there is no such ``dropout_by``.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        dim: int,
        *,
        word_dropout: float = 0.0,
        dropout: float = 0.0,
        dropout_by: str = "word",
        token_weights: bool = False,
    ) -> None:
        super().__init__()
        if dropout_by not in DROPOUTS:
            raise unknown_name("embedding_dropout_by", dropout_by, DROPOUTS)
        self.dropout_by = dropout_by
        self.sizes = list(sizes)
        self.tables = nn.ModuleList(nn.Embedding(size, dim, sparse=True) for size in sizes)
        self.token_weights = nn.ModuleList(
            nn.Embedding.from_pretrained(torch.ones(size, 1), freeze=False, sparse=True)
            for size in sizes
            if token_weights
        )
        self.word_dropout = word_dropout
        self.dropout = nn.Dropout(dropout)
        self.out_dim = dim * len(sizes)
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.1)  # type: ignore[arg-type]  # ModuleList hides the type

    @override
    def forward(self, ids: Tensor) -> TokenVectors:
        """Map ids (batch, time, features) to vectors of out_dim: per distinct token, or per position if they differ."""
        if self.training and self.word_dropout > 0:
            dropped = torch.rand(ids.shape[:2], device=ids.device) < self.word_dropout
            ids = ids.masked_fill(dropped.unsqueeze(-1), UNKNOWN)
        if self.training and self.dropout_by == "position":
            return TokenVectors(self.dropout(self._vectors(ids)))
        tokens, index = torch.unique(self._one_number(ids), return_inverse=True)
        return TokenVectors(self.dropout(self._vectors(self._features(tokens))), index)

    def export(self, graph: Graph, ids: Value) -> Value:
        """Add operators that map ids (batch, time, features) to vectors (batch, time, out_dim), outside training."""
        vectors = [
            graph.add("Gather", self.weighted(k), graph.take(ids, k, axis=2), axis=0) for k in range(len(self.tables))
        ]
        return graph.concat(vectors, axis=2)

    def weighted(self, feature: int) -> Tensor:
        """The table of a feature with the tokens' weights multiplied in, (size, dim): scoring needs no other."""
        table = cast("nn.Embedding", self.tables[feature]).weight
        return table * cast("nn.Embedding", self.token_weights[feature]).weight if self.token_weights else table

    def _vectors(self, ids: Tensor) -> Tensor:
        vectors = [table(ids[..., k]) for k, table in enumerate(self.tables)]
        if self.token_weights:
            vectors = [
                each * weights(ids[..., k])
                for k, (each, weights) in enumerate(zip(vectors, self.token_weights, strict=True))
            ]
        return vectors[0] if len(vectors) == 1 else torch.cat(vectors, dim=-1)

    def _one_number(self, ids: Tensor) -> Tensor:
        """Each token's ids (..., features) as the digits of one whole number, (...)."""
        number = ids[..., 0].long()
        for k, size in enumerate(self.sizes[1:], start=1):
            number = number * size + ids[..., k]
        return number

    def _features(self, numbers: Tensor) -> Tensor:
        """The ids (..., features) again."""
        ids = []
        for size in reversed(self.sizes[1:]):
            ids.append(numbers % size)
            numbers = numbers // size
        return torch.stack([numbers, *reversed(ids)], dim=-1)
