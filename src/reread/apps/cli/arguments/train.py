"""The options of `reread train`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reread.apps.cli.arguments.shared import (
    CommonArguments,
    DataArguments,
    OutArguments,
    PaceArguments,
    ReportArguments,
    TargetArguments,
)


@dataclass(frozen=True, kw_only=True)
class RowArguments(DataArguments, TargetArguments):
    """The rows, their targets, and which of them are held out."""

    data: tuple[str, ...]
    task: str | None
    group: str | None
    time_column: str | None
    weight: str | None
    ordinal_order: str | None
    loss: str | None
    loss_weights: tuple[str, ...]
    validation: float | None
    on_bad_rows: Literal["stop", "set-aside"]
    rejects: Path | None


@dataclass(frozen=True, kw_only=True)
class NetworkArguments(PaceArguments):
    """The network, what it starts from, and how it is trained."""

    recipe: str
    setting: str | None
    language: str | None
    vectors: str | None
    pretrained: str | None
    keep_labels: bool
    unlabelled: tuple[str, ...]
    test: tuple[str, ...]
    reduce: int | None
    freeze_vectors: bool
    dictionary: Path | None
    steps: int | None
    max_tokens: int | None
    class_weights: str | None
    settings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TrainArguments(RowArguments, NetworkArguments, OutArguments, ReportArguments, CommonArguments):
    """All of these, with linear member, answer, decision rule and the place of the model."""

    no_baseline: bool
    answer: Literal["stack", "network", "linear"]
    calibration: str
    decide: str | None
    learning_curve: bool
    pretrain_minutes: float | None
    resume: bool


@dataclass(frozen=True, kw_only=True)
class WatchedTrainArguments(TrainArguments):
    """Those of a training that programs can watch."""

    log: Path | None
