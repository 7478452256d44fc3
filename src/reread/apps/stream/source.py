"""The model that answers now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reread.model.base import Model


class ModelSource:
    """The model of a folder.

    Args:
        path: the folder.
        opening: opens it.
    """

    def __init__(self, path: Path, opening: Callable[[], Model]) -> None:
        self.path = path
        self.name = path.name or path.resolve().name
        self.model = opening()
