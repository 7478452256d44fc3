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
    best_step: int = 0
    evaluations_since_best: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    stopped: str = ""


@dataclass(frozen=True)
class Watch:
    """How a run is judged: ``evaluate`` reads ``tokens`` tokens and gives validation metrics, of which ``metric`` decides."""

    evaluate: Callable[[TextNet], Mapping[str, float]]
    metric: str
    higher_is_better: bool
    tokens: int
