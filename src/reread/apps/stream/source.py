"""The model that answers now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from reread.apps.stream.log import logger
from reread.bundle import model_checksum
from reread.errors import RereadError
from reread.model.base import Model
from reread.monitoring.watch import DriftWatch


class Opened(NamedTuple):
    """A model, and what watches whether texts are still those of its training."""

    model: Model
    watch: DriftWatch | None = None


class ModelSource:
    """The model of a folder, or of the folder that a link leads to.

    Args:
        path: the folder.
        opening: opens it.

    Attributes:
        name: the folder's name, which answers bear.
        model: the model.
        watch: its watch of drift, if it was opened with one.
    """

    def __init__(self, path: Path, opening: Callable[[], Opened]) -> None:
        self.path = path
        self._opening = opening
        self._refused = ""
        self._checksum = ""
        self.name, (self.model, self.watch) = self._open()

    def refresh(self) -> bool:
        """Take the model that is there now; whether it is another one.

        A folder that cannot be opened is left alone, and the old model answers on.
        """
        try:
            if model_checksum(self.path) == self._checksum and self.path.resolve().name == self.name:
                return False
            self.name, (self.model, self.watch) = self._open()
        except (RereadError, OSError) as error:
            if str(error) != self._refused:
                logger.warning("the old model answers on: %s", error)
            self._refused = str(error)
            return False
        self._refused = ""
        return True

    def _open(self) -> tuple[str, Opened]:
        name = self.path.resolve().name
        opened = self._opening()
        self._checksum = model_checksum(self.path)
        return name, opened
