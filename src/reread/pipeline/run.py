"""How a training run is carried out, and how its time is divided."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reread.files import free_space
from reread.scoring.scorer import Scorer
from reread.train.listener import Listener, Silent
from reread.train.workers import Workers

SAVING_SECONDS = 2.0  # kept free at the end of a bounded run for the export, the report and the files,
ROWS_A_SECOND = 200_000  # for what is kept of all texts,
PARAMETERS_A_SECOND = 10_000_000  # for the files of a larger network,
SAVING_SHARE = 0.02  # and this share of the time for training: on a busy machine, longer runs end later

Free = Callable[[Path], int]
"""The bytes that may still be written on the disk of a folder."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a training run is carried out. Only a deadline or a listener that ends it early affects the weights.

    Attributes:
        listener: is told how the run goes, and may end it.
        workers: this process's place among those that train together.
        checkpoint: where the run's state is kept.
        resume: continue from the checkpoint.
        deadline: `time.monotonic` by which everything, saving included, should be over.
        saving: seconds kept free before the deadline for saving; None: by the amount of what is saved.
        late: the user knows already that the deadline cannot be met.
        vectors: the file of the word vectors that the run starts from.
        linear: the file of the linear member, and of its scores.
        pretrained: the folder of the network that the run pretrains first.
        pretraining: where the state of that pretraining is kept.
        teaches: what is trained labels texts for another model, which the rows held out judge: it must not learn from
            these rows in the end.
        part: what its time is part of the run's time for, such as " of round 1"; empty: it is all of it.
        forecasts: whether a long run says before it begins to learn how long it takes and how much disk it needs; a
            few steps and a sample of the rows tell.
        free: the bytes that may still be written on the disk of a folder.
        probes: functions to call after a step, by its number, with a scorer of the network at that moment.
    """

    listener: Listener = field(default_factory=Silent)
    workers: Workers = field(default_factory=Workers)
    checkpoint: Path | None = None
    resume: bool = False
    deadline: float | None = None
    saving: float | None = None
    late: bool = False
    vectors: Path | None = None
    linear: Path | None = None
    pretrained: Path | None = None
    pretraining: Path | None = None
    teaches: bool = False
    part: str = ""
    forecasts: bool = False
    free: Free = free_space
    probes: Mapping[int, Callable[[Scorer], None]] = field(default_factory=dict)

    def kept_free(self, rows: int, parameters: int = 0) -> float:
        """Seconds before the deadline in which a model of so many rows and parameters is saved."""
        return saving_seconds(rows, parameters) if self.saving is None else self.saving

    def share_of_time(self, share: float, rows: int) -> float | None:
        """The time at which a share of what is left for training on so many rows is over."""
        now = time.monotonic()
        return (
            None if self.deadline is None else now + share * (last_step_at(self.deadline, self.kept_free(rows)) - now)
        )


def saving_seconds(rows: int = 0, parameters: int = 0) -> float:
    """About how long it takes to save a model of so many rows and parameters."""
    return SAVING_SECONDS + rows / ROWS_A_SECOND + parameters / PARAMETERS_A_SECOND


def out_of_time(deadline: float | None, saving: float) -> bool:
    """Whether no time is left for a step if the model is to be saved by the deadline, which takes some seconds."""
    return deadline is not None and last_step_at(deadline, saving) <= time.monotonic()


def last_step_at(deadline: float, saving: float) -> float:
    """When training must end for the model to be saved by the deadline, which takes some seconds."""
    return deadline - saving - SAVING_SHARE * max(0.0, deadline - time.monotonic())
