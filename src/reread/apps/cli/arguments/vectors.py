"""The options of `reread vectors train`, `neighbours` and `fetch`; `list` has the common ones only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reread.apps.cli.arguments.shared import CommonArguments, DataArguments, OutArguments


@dataclass(frozen=True, kw_only=True)
class VectorsArguments(DataArguments, OutArguments, CommonArguments):
    """The texts, how words become vectors, and where these go."""

    data: tuple[str, ...]
    language: str | None
    algorithm: str | None
    dim: int | None
    window: int | None
    negative: int | None
    hierarchical_softmax: bool
    min_count: int | None
    sample: float | None
    epochs: int | None
    ngrams: bool
    reduce: int | None
    deterministic: bool
    settings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NeighboursArguments(CommonArguments):
    """The vectors, by file or name, and a word."""

    file: str
    word: str
    count: int


@dataclass(frozen=True, kw_only=True)
class FetchVectorsArguments(CommonArguments):
    """The name, and where the file comes from."""

    name: str
    source: Path | None
