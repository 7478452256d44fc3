"""How a training run is carried out, and how its time is divided."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reread.scoring.scorer import Scorer
from reread.train.listener import Listener, Silent
from reread.train.workers import Workers

SAVING_SECONDS = 10.0  # kept free at the end of a bounded run for the export and the files,
SAVING_SHARE = 0.02  # and this share of the time for training: on a busy machine, longer runs end later


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a training run is carried out. Only a deadline or a listener that ends it early affects the weights.

    Attributes:
        listener: is told how the run goes, and may end it.
        workers: this process's place among those that train together.
        checkpoint: where the run's state is kept.
        resume: continue from the checkpoint.
        deadline: `time.monotonic` by which everything, saving included, should be over.
        late: the user knows already that the deadline cannot be met.
        vectors: the file of the word vectors that the run starts from.
        linear: the file of the linear member, and of its scores.
        probes: functions to call after a step, by its number, with a scorer of the network at that moment.
    """

    listener: Listener = field(default_factory=Silent)
    workers: Workers = field(default_factory=Workers)
    checkpoint: Path | None = None
    resume: bool = False
    deadline: float | None = None
    late: bool = False
    vectors: Path | None = None
    linear: Path | None = None
    probes: Mapping[int, Callable[[Scorer], None]] = field(default_factory=dict)


def out_of_time(deadline: float | None) -> bool:
    """Whether no time is left for a step if the model is to be saved by the deadline."""
    return deadline is not None and last_step_at(deadline) <= time.monotonic()


def last_step_at(deadline: float) -> float:
    """When training must end for the model to be saved by the deadline."""
    return deadline - SAVING_SECONDS - SAVING_SHARE * max(0.0, deadline - time.monotonic())


def share_of_time(deadline: float | None, share: float) -> float | None:
    """The time at which a share of the remaining time is over."""
    now = time.monotonic()
    return None if deadline is None else now + share * (deadline - now)
