"""The options of `reread weak`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reread.apps.cli.arguments.shared import CommonArguments, DataArguments


@dataclass(frozen=True, kw_only=True)
class WeakArguments(DataArguments, CommonArguments):
    """The rules, the file to label, and the place of the labels."""

    rules: Path
    data: str
    out: str | None
    out_format: str | None
    join: str
    label: str | None
    refine: int | None
    refine_with: str | None
