"""Ids → vectors."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from reread.typing import override

UNKNOWN = 0


class TokenEmbedding(nn.Module):
    """Look up each feature of a token in its own table and join the vectors.

    Args:
        sizes: rows of each feature's table; row 0 is the unknown token.
        dim: length of each feature's vector.
        word_dropout: share of tokens that training reads as unknown.
        dropout: share of vector components that training sets to zero.
    """

    def __init__(self, sizes: Sequence[int], dim: int, *, word_dropout: float = 0.0, dropout: float = 0.0) -> None:
        super().__init__()
        self.sizes = list(sizes)
        self.tables = nn.ModuleList(nn.Embedding(size, dim, sparse=True) for size in sizes)
        self.word_dropout = word_dropout
        self.dropout = nn.Dropout(dropout)
        self.out_dim = dim * len(sizes)
        for table in self.tables:
            nn.init.normal_(table.weight, std=0.1)  # type: ignore[arg-type]  # ModuleList hides that these are Embeddings

    @override
    def forward(self, ids: Tensor) -> Tensor:
        """Map ids (batch, time, features) to vectors (batch, time, out_dim)."""
        if self.training and self.word_dropout > 0:
            dropped = torch.rand(ids.shape[:2], device=ids.device) < self.word_dropout
            ids = ids.masked_fill(dropped.unsqueeze(-1), UNKNOWN)
        vectors = [table(ids[..., k]) for k, table in enumerate(self.tables)]
        joined: Tensor = self.dropout(vectors[0] if len(vectors) == 1 else torch.cat(vectors, dim=-1))
        return joined
