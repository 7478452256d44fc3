"""The options of `reread label`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reread.apps.cli.arguments.shared import CommonArguments, DataArguments


@dataclass(frozen=True, kw_only=True)
class LabelArguments(DataArguments, CommonArguments):
    """The texts, the classes, and where the labels go."""

    file: Path
    classes: str
    out: Path | None
    port: int
    by: str | None
    blind: bool
