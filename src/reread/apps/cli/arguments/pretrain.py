"""The options of `reread pretrain`."""

from __future__ import annotations

from dataclasses import dataclass

from reread.apps.cli.arguments.shared import CommonArguments, DataArguments, OutArguments, PaceArguments


@dataclass(frozen=True, kw_only=True)
class PretrainArguments(DataArguments, PaceArguments, OutArguments, CommonArguments):
    """The texts, the network, how long it is trained, and where it goes."""

    data: tuple[str, ...]
    recipe: str
    language: str | None
    test: tuple[str, ...]
    predict: str
    bag_size: int | None
    candidates: int
    settings: tuple[str, ...]
    resume: bool
