"""The options of `reread evaluate`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reread.apps.cli.arguments.shared import DataArguments, ModelArguments, ReportArguments, TargetArguments


@dataclass(frozen=True, kw_only=True)
class EvaluateArguments(DataArguments, TargetArguments, ReportArguments, ModelArguments):
    """The rows to measure on, and where the report goes."""

    data: tuple[str, ...]
    on_bad_rows: Literal["stop", "set-aside"]
    rejects: Path | None
    report: Path | None
    unseen: bool
    answer: Literal["stack", "network", "linear"] | None
    fast: bool
