"""Whether the texts of a stream are still those of training: a report for each window of them."""

from __future__ import annotations

from collections.abc import Sequence

from reread.apps.stream.messages import Outcome
from reread.monitoring.watch import DriftWatch


class DriftWindows:
    """Reports on every so many texts, as ``reread drift`` would on a file of them.

    Args:
        watch: the model's.
        name: the model's.
        every: texts in a window.
    """

    def __init__(self, watch: DriftWatch, name: str, every: int) -> None:
        self._watch = watch
        self._name = name
        self._every = every

    def add(self, texts: Sequence[str], without: int) -> list[Outcome]:
        """Take in texts, and a number of messages without one; the reports of the windows that are full."""
        reports = []
        self._watch.add([], without)
        while texts:
            some = texts[: self._every - self._watch.texts]
            self._watch.add(some)
            texts = texts[len(some) :]
            if self._watch.texts >= self._every:
                reports.append({"model": self._name, **self._watch.verdict().to_config()})
                self._watch.restart()
        return reports
