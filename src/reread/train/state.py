"""What a training run reads, how it is judged, and where it stands."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.nn.model import TextNet


@dataclass(frozen=True)
class TrainingSet:
    """Encoded texts with what the loss reads: targets (rows, width) and weights (rows,)."""

    texts: Sequence[NDArray[np.int32]]
    lengths: NDArray[np.int64]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


@dataclass
class State:
    """Where a run stands; with the tensors, all that a resumed run needs."""

    step: int = 0
    epoch: int = 0
    position: int = 0
    seconds: float = 0.0
    words: int = 0
    loss: float = math.nan
    best_value: float | None = None
    least_loss: float = math.inf
    """On the rows held out, of all evaluations."""
    best_step: int = 0
    evaluations_since_best: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    stopped: str = ""


@dataclass(frozen=True)
class Watch:
    """How a run is judged: ``evaluate`` reads ``tokens`` tokens and gives validation metrics, of which ``metric`` decides.

    Where ``loss`` names one of them, patience waits while it falls. There are ``rows`` rows held out.
    """

    evaluate: Callable[[TextNet], Mapping[str, float]]
    metric: str
    higher_is_better: bool
    tokens: int
    rows: int
    loss: str | None = None

    def is_better(self, value: float, best: float) -> bool:
        """Whether a figure is above the best one so far, or below it where less is better; any is better than none."""
        if math.isnan(best):
            return True
        return value > best if self.higher_is_better else value < best

    def tells_apart(self, value: float, best: float) -> bool:
        """Whether a figure is further below the best one than a standard error of so many rows.

        The error is that of a share, or, where less is better, of the root of a mean square.
        """
        if self.higher_is_better:
            return not best - value <= math.sqrt(max(0.0, best * (1 - best)) / self.rows)
        return not value - best <= best / math.sqrt(2 * self.rows)
