"""Options that several commands share: a dataclass for each group of `reread.apps.cli.options`, and for a few more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class CommonArguments:
    """What every command takes."""

    seed: int | None
    threads: int | None
    device: Literal["auto", "cpu", "cuda"] | None
    quiet: bool
    as_json: bool


@dataclass(frozen=True, kw_only=True)
class DataArguments:
    """How a file of rows is read."""

    text: str | None
    where: tuple[str, ...]
    file_format: str | None
    separator: str | None
    encoding: str | None


@dataclass(frozen=True, kw_only=True)
class PaceArguments:
    """How long and how fast a network learns."""

    epochs: int | None
    minutes: float | None
    batch_size: int | None
    learning_rate: float | None


@dataclass(frozen=True, kw_only=True)
class OutArguments:
    """Where a command writes, and whether it may replace something there."""

    out: Path | None
    overwrite: bool


@dataclass(frozen=True, kw_only=True)
class TargetArguments:
    """The columns with the targets."""

    labels: tuple[str, ...]
    targets: tuple[str, ...]
    label_separator: str | None


@dataclass(frozen=True, kw_only=True)
class ReportArguments:
    """What the report shows, and whether there is one."""

    slices: tuple[str, ...]
    no_report: bool


@dataclass(frozen=True, kw_only=True)
class ScoringArguments:
    """What runs the network, and how exactly."""

    backend: Literal["auto", "kernel", "onnx"]
    precision: Literal["float32", "bfloat16", "int8", "auto"]


@dataclass(frozen=True, kw_only=True)
class ModelArguments(ScoringArguments, CommonArguments):
    """A command that answers with a model folder."""

    model: Path


def given(**options: Any) -> dict[str, Any]:
    """The options that have a value."""
    return {name: value for name, value in options.items() if value is not None}
