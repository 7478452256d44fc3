"""The options of `reread export`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reread.apps.cli.arguments.shared import CommonArguments


@dataclass(frozen=True, kw_only=True)
class ExportArguments(CommonArguments):
    """The model folder and its ONNX file."""

    model: Path
    out: Path | None
    overwrite: bool
    answer: Literal["stack", "network", "linear"] | None
    precision: Literal["float32", "int8"]
