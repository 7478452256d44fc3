"""Processes that help a search: the same command again, which joins it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Self

from reread.apps.cli.invocation import Invocation

GRACE_SECONDS = 2.0  # for a helper to end by itself when the search has


class Helpers:
    """Runs the command that was typed in more processes, which join the search; none outlives the context.

    Args:
        count: of the helpers.
        invocation: the command.
        threads: of each.
        deadline: `time.monotonic` by which everything should be over; None: there is none.
    """

    def __init__(self, count: int, invocation: Invocation, threads: int | None, deadline: float | None) -> None:
        self._count, self._invocation, self._threads, self._deadline = count, invocation, threads, deadline
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        command = [sys.executable, "-c", "from reread.apps.cli import main; main()", *self._arguments()]
        for _ in range(self._count):  # their errors are shown, their results are those of the study
            self._processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL))  # noqa: S603  # what was typed
        return self

    def __exit__(self, *_: object) -> None:
        until = time.monotonic() + GRACE_SECONDS
        for process in self._processes:
            try:
                process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.terminate()  # a trial that it had begun is begun again by whoever continues the search
                process.wait()

    def _arguments(self) -> Sequence[str]:
        """What was typed, with the options of a helper; the last of several counts."""
        threads = [] if self._threads is None else ["--threads", str(self._threads)]
        minutes = []
        if self._deadline is not None:
            minutes = ["--minutes", f"{max(0.01, (self._deadline - time.monotonic()) / 60):.4f}"]
        return [*self._invocation.arguments, "--resume", "--quiet", "--processes", "1", *threads, *minutes]
