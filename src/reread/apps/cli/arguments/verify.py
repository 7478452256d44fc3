"""The options of `reread verify`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reread.apps.cli.arguments.shared import CommonArguments


@dataclass(frozen=True, kw_only=True)
class VerifyArguments(CommonArguments):
    """The model folder, or a server's address."""

    model: str
    token_file: Path | None
