"""What a stream answers with."""

from __future__ import annotations

from typing import NamedTuple

from reread.model.base import Model
from reread.monitoring.watch import DriftWatch


class Opened(NamedTuple):
    """A model, and what watches whether texts are still those of its training."""

    model: Model
    watch: DriftWatch | None = None
