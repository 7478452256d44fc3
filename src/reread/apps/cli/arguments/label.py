"""The options of `reread label`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reread.apps.cli.arguments.shared import CommonArguments, DataArguments


@dataclass(frozen=True, kw_only=True)
class LabelArguments(DataArguments, CommonArguments):
    """The texts, what is asked about them, and where the labels go."""

    file: Path
    classes: str | None
    multilabel: bool
    ordinal: bool
    numbers: str | None
    out: Path | None
    port: int
    by: str | None
    repeat: float
    blind: bool
    training: Path | None
