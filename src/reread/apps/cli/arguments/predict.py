"""The options of `reread predict`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reread.apps.cli.arguments.shared import DataArguments, ModelArguments


@dataclass(frozen=True, kw_only=True)
class PredictArguments(DataArguments, ModelArguments):
    """The file or files to answer, the place of the answers, and the columns beside them."""

    data: str
    out: str
    out_format: str | None
    answer: Literal["stack", "network", "linear"] | None
    fast: bool
    abstain_below: float | None
    sets: float | None
    interval: float | None
    precision_limit: float
    workers: int | None
    ray: str | None
