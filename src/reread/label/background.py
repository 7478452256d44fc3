"""A thread in which the linear member learns again as labels come."""

from __future__ import annotations

import threading

from reread.label.labelling import Labelling


class Background:
    """Learns whenever it is told that there is something new; what comes meanwhile is learned together, after that.

    Args:
        labelling: whose labels.
    """

    def __init__(self, labelling: Labelling) -> None:
        self._labelling = labelling
        self._news, self._ends = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="learning", daemon=True)

    def start(self) -> None:
        """Begin, with the labels that are there."""
        self._news.set()
        self._thread.start()

    def wake(self) -> None:
        """There is a new label, or one less."""
        self._news.set()

    def stop(self) -> None:
        """End as soon as what is being learned is learned."""
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
            self._labelling.learn()
