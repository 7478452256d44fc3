"""A network as it is stored in a model folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reread.recipes.spec import ModelSpec
from reread.scoring.backends import Array


@dataclass(frozen=True, kw_only=True)
class StoredNetwork:
    """A network's settings and weights.

    Attributes:
        spec: its settings.
        weights: its tensors by name.
        sizes: rows of each token feature's table.
        scores: numbers per text.
        start_states: (layers x directions, state_dim).
        start_summary: (summary_dim,).
    """

    spec: ModelSpec
    weights: Mapping[str, Array]
    sizes: tuple[int, ...]
    scores: int
    start_states: Array
    start_summary: Array
