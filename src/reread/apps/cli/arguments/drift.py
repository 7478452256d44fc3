"""The options of `reread drift`."""

from __future__ import annotations

from dataclasses import dataclass

from reread.apps.cli.arguments.shared import DataArguments, ModelArguments


@dataclass(frozen=True, kw_only=True)
class DriftArguments(DataArguments, ModelArguments):
    """The texts, and from which change on an alarm is given."""

    data: str
    limit: float
    level: float
