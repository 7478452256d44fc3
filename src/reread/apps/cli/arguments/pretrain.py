"""The options of `reread pretrain`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reread.apps.cli.arguments.shared import CommonArguments, DataArguments


@dataclass(frozen=True, kw_only=True)
class PretrainArguments(DataArguments, CommonArguments):
    """The texts, the network, how long it is trained, and where it goes."""

    data: tuple[str, ...]
    recipe: str
    language: str | None
    test: tuple[str, ...]
    epochs: int | None
    minutes: float | None
    batch_size: int | None
    learning_rate: float | None
    candidates: int
    settings: tuple[str, ...]
    out: Path | None
    overwrite: bool
    resume: bool
