"""Backends, which run a network: torch while training, the compiled kernel or ONNX Runtime everywhere else."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


class Backend(Protocol):
    """One window of each text → scores and what the next window needs.

    Attributes:
        layers: recurrent layers.
        bidirectional: whether each layer also reads from right to left.
        start_states: (layers x directions, state_dim).
        start_summary: (summary_dim,).
        texts: the best number of texts for one call.
        calls: how many calls may run at once, each on a thread of its own.
        precision: of the products.
    """

    layers: int
    bidirectional: bool
    start_states: Array
    start_summary: Array
    texts: int
    calls: int
    precision: str

    def run(
        self, ids: NDArray[np.int64], lengths: NDArray[np.int64], states: Array, summary: Array
    ) -> tuple[Any, Any, Any]:
        """Read ids (batch, time, features) from states (rows, batch, state_dim) and summary (batch, summary_dim)."""


@runtime_checkable
class ReadsValues(Protocol):
    """A backend that also gives the network's inner values, for explanations."""

    def values(self, ids: NDArray[np.int64], lengths: NDArray[np.int64], states: Array) -> tuple[Any, Any]:
        """The pooling's input at each position, (batch, time, dim), and the states leaving; see `Backend.run`."""

    def vectors(self, summaries: Array) -> Array:
        """Map summaries (batch, summary_dim) to the texts' vectors (batch, dim)."""
