"""The model that answers now, of a folder that may be replaced."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from reread.bundle import model_checksum
from reread.errors import RereadError

T = TypeVar("T")
logger = logging.getLogger("reread.models")


class ModelSource(Generic[T]):
    """What was opened of a folder, or of the folder that a link leads to.

    Args:
        path: the folder.
        opening: opens it; `reread stream` pickles it.

    Attributes:
        name: the folder's name, at the end of a link.
        checksum: that of the files that were opened.
        opened: what was opened.
    """

    def __init__(self, path: Path, opening: Callable[[], T]) -> None:
        self.path = path
        self.opening = opening
        self._refused = ""
        self._tried: str | None = None
        self.name = self.checksum = ""
        self.opened = self._open()

    def refresh(self, *, again: bool = False) -> bool:
        """Take the model that is there now; whether it is another one.

        A folder that cannot be opened is left alone, and the old model answers on.

        Args:
            again: whether to try, and to say, what was already refused or left behind.
        """
        try:
            now = self._found()
            if now == (self.checksum, self.name) or (now[0] == self._tried and not again):
                return False
            self.opened = self._open()
        except (RereadError, OSError) as error:
            if again or str(error) != self._refused:
                logger.warning("the old model answers on: %s", error)
            self._refused = str(error)
            return False
        self._refused = ""
        return True

    def put_back(self, opened: T, name: str, checksum: str) -> None:
        """Answer with what was opened before; what lies in the folder is taken when it changes again, or if asked."""
        self._tried = self.checksum
        self.opened, self.name, self.checksum = opened, name, checksum

    def _open(self) -> T:
        """Open the folder, and remember what it held before: what is written meanwhile is another model."""
        found = self._found()
        opened = self.opening()
        self.checksum, self.name = found
        self._tried = None
        return opened

    def _found(self) -> tuple[str, str]:
        """The checksum and the name of what lies there; of no model folder none: opening it says why."""
        try:
            return model_checksum(self.path), self.path.resolve().name
        except (RereadError, OSError):
            return "", ""
