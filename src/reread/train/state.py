"""The rows, the evaluation and the state of a training run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.train.augment import Augment


@dataclass(frozen=True)
class Unlabelled:
    """Encoded texts without targets: each step reads ``batch_size`` of them, and they count ``weight`` times."""

    texts: Sequence[NDArray[np.int32]]
    lengths: NDArray[np.int64]
    batch_size: int
    weight: float = 1.0


@dataclass(frozen=True)
class TrainingSet:
    """Encoded texts with the inputs of the loss: targets (rows, width), weights (rows,), offsets (rows, scores).

    Texts without targets, if there are any, are read beside them. An augmentation, if there is one, changes the texts
    each time they are read, but not those without targets.
    """

    texts: Sequence[NDArray[np.int32]]
    lengths: NDArray[np.int64]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32] | None = None
    unlabelled: Unlabelled | None = None
    augment: Augment | None = None
    earlier: NDArray[np.float32] | None = None
    """What another model says of the texts, for an objective that learns from it, (rows, scores)."""


@dataclass(kw_only=True)
class State:
    """The state of a run; with the tensors, all that a resumed run needs."""

    step: int = 0
    epoch: int = 0
    position: int = 0
    seconds: float = 0.0
    words: int = 0
    loss: float = math.nan
    best_value: float | None = None
    least_loss: float = math.inf
    """Validation metrics of all evaluations."""
    best_step: int = 0
    evaluations_since_best: int = 0
    history: list[dict[str, Any]] = field(default_factory=list)
    stopped: str = ""


@dataclass(frozen=True, kw_only=True)
class Watch:
    """How a run is evaluated: ``evaluate`` reads ``tokens`` tokens with the network; its ``metric`` decides.

    If ``loss`` names one of them, patience waits while it falls. There are ``rows`` validation rows.
    """

    evaluate: Callable[[Any], Mapping[str, float]]
    metric: str
    higher_is_better: bool
    tokens: int
    rows: int
    loss: str | None = None

    def is_better(self, value: float, best: float) -> bool:
        """Whether a figure is better than the best so far; any is better than none."""
        if math.isnan(best):
            return True
        return value > best if self.higher_is_better else value < best

    def tells_apart(self, value: float, best: float) -> bool:
        """Whether a figure is worse than the best by more than a standard error of this many rows.

        The error is that of a share, or of a root mean square if less is better.
        """
        if self.higher_is_better:
            return not best - value <= math.sqrt(max(0.0, best * (1 - best)) / self.rows)
        return not value - best <= best / math.sqrt(2 * self.rows)
