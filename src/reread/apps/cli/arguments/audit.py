"""The options of `reread audit`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reread.apps.cli.arguments.shared import CommonArguments, DataArguments, TargetArguments


@dataclass(frozen=True, kw_only=True)
class AuditArguments(DataArguments, TargetArguments, CommonArguments):
    """The rows, the checks, and the place of the findings."""

    data: tuple[str, ...]
    group: str | None
    predictor: str
    folds: int
    similarity: float
    against: str | None
    checks: tuple[str, ...]
    examples: int
    out: str | None
    on_bad_rows: Literal["list", "stop", "set-aside"]
    rejects: Path | None
