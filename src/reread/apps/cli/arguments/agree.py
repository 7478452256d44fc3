"""The options of `reread agree`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reread.apps.cli.arguments.shared import CommonArguments


@dataclass(frozen=True, kw_only=True)
class AgreeArguments(CommonArguments):
    """Two files of labels, and where what differs goes."""

    first: Path
    second: Path
    out: str | None
    settle: Path | None
    port: int
    by: str | None
