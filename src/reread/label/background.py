"""Threads in which something is worked out again as labels come."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Background:
    """Works whenever it is told that there is something new; what comes meanwhile is worked on together, after that.

    Args:
        work: what is done; it takes what says whether to give up.
        name: of the thread.
    """

    def __init__(self, work: Callable[[Callable[[], bool]], None], name: str) -> None:
        self._work = work
        self._news, self._ends = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin, with the labels that are there."""
        self._news.set()
        self._thread.start()

    def wake(self) -> None:
        """There is a new label, or one less."""
        self._news.set()

    def stop(self) -> None:
        """End as soon as what is being done is done, or given up."""
        self._ends.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            if self._ends.is_set():
                return
            self._work(self._ends.is_set)
