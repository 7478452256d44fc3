"""The options of `reread tune`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from reread.apps.cli.arguments.train import TrainArguments


@dataclass(frozen=True, kw_only=True)
class TuneArguments(TrainArguments):
    """Those of `reread train`, and what is searched, how long."""

    trials: int | None
    space: Path | None
    processes: int | None
    ray: str | None

    def of_training(self, **changes: Any) -> TrainArguments:
        """The options of a training, with changes."""
        return TrainArguments(**{each.name: getattr(self, each.name) for each in fields(TrainArguments)} | changes)
