"""The options of `reread stream`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reread.apps.cli.arguments.shared import ModelArguments


@dataclass(frozen=True, kw_only=True)
class StreamArguments(ModelArguments):
    """The broker, its topics, and how they are read."""

    broker: str
    ca_file: Path | None
    source: str
    out: str
    dead_letters: str | None
    shadow: Path | None
    shadow_topic: str | None
    drift: int | None
    drift_topic: str | None
    group: str
    asyncapi: Path | None
    batch_size: int
    claim_after: float
    watch: bool
    metrics: str | None
    answer: Literal["stack", "network", "linear"] | None
    fast: bool
