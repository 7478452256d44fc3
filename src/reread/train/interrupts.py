"""Ctrl-C between two steps, never within one: what is saved is a state that the run can go on from bit by bit."""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any, Self


class Interrupts:
    """Remembers the first Ctrl-C while it is entered; a second one interrupts at once.

    Attributes:
        asked: whether someone asked to stop.
    """

    def __init__(self) -> None:
        self.asked = False
        self._previous: Any = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.signal(signal.SIGINT, self._remember)
            self.asked = getattr(self._previous, "asked", False)  # one before this, which an import can swallow
        return self

    def __exit__(self, *_: object) -> None:
        if self._previous is not None:
            signal.signal(signal.SIGINT, self._previous)

    def _remember(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
