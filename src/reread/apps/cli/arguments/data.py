"""The options of `reread data fetch`; `reread data list` has the common ones only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reread.apps.cli.arguments.shared import CommonArguments


@dataclass(frozen=True, kw_only=True)
class FetchArguments(CommonArguments):
    """The data set, where it comes from and where it is kept."""

    name: str
    source: Path | None
    out: Path | None
