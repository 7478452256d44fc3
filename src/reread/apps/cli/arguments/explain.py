"""The options of `reread explain`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reread.apps.cli.arguments.shared import DataArguments, ModelArguments


@dataclass(frozen=True, kw_only=True)
class ExplainArguments(DataArguments, ModelArguments):
    """The text or the file to explain, how, and where the pictures go."""

    given: str | None
    data: str | None
    examples: str | None
    target: str | None
    method: str
    unit: Literal["word", "sentence"]
    top: int
    least: int | None
    gates: Path | None
    html: Path | None
    answer: Literal["stack", "network", "linear"] | None
    fast: bool
