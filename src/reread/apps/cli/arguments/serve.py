"""The options of `reread serve`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reread.apps.cli.arguments.shared import CommonArguments, ModelArguments, ScoringArguments


@dataclass(frozen=True, kw_only=True)
class ServeArguments(ScoringArguments, CommonArguments):
    """The models, and where they are asked."""

    models: tuple[Path, ...]
    host: str
    port: int
    token_file: Path | None
    max_wait: float
    max_time: float
    rate: float | None
    cors: tuple[str, ...]
    watch: bool
    workers: int
    work: Path | None
    training: Path | None
    examples: str | None
    shadow: Path | None
    shadow_texts: bool
    answer: Literal["stack", "network", "linear"] | None
    fast: bool

    def each(self) -> list[ModelArguments]:
        """The options that open each of the models."""
        shared = {name: getattr(self, name) for name in ModelArguments.__dataclass_fields__ if name != "model"}
        return [ModelArguments(model=path, **shared) for path in self.models]
