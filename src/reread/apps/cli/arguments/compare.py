"""The options of `reread compare`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reread.apps.cli.arguments.shared import CommonArguments


@dataclass(frozen=True, kw_only=True)
class CompareArguments(CommonArguments):
    """The experiment, its data, and how much of it is done."""

    experiment: Path
    data: Path | None
    seeds: int | None
    resume: bool
    only_tables: bool
    ray: str | None
