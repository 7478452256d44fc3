"""Rows as a loss reads them: with their targets and how much each counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reread.errors import DataError


@dataclass(frozen=True, kw_only=True)
class WeightedRows:
    """What a member learns from some rows. A row with soft labels counts as several with certain ones.

    Attributes:
        rows: the row of each, (examples,).
        targets: what the loss reads, (examples, width).
        weights: how much each counts, (examples,).
    """

    rows: NDArray[np.int64]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


def relative_weights(
    weights: Sequence[float] | NDArray[np.float64] | None,
    train: NDArray[np.int64],
    validation: NDArray[np.int64],
    rows: int,
) -> NDArray[np.float32]:
    """How much each row counts, (rows,); 1 is the mean of those trained on.

    Raises:
        DataError: all rows trained on, or all rows held out, have weight 0.
    """
    counts = np.ones(rows) if weights is None else np.asarray(weights, dtype=np.float64)
    for some, what in ((train, "to train on"), (validation, "held out for validation")):
        if len(some) and not counts[some].any():
            raise DataError(f"all {len(some)} rows {what} have weight 0; at least one must count")
    return np.asarray(counts / counts[train].mean(), dtype=np.float32)
