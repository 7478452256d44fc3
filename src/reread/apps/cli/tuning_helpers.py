"""Processes that help a search: the same command again, which joins it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Self

from reread.apps.cli.exit_codes import INTERRUPTED
from reread.apps.cli.invocation import Invocation
from reread.train.listener import Note

GRACE_SECONDS = 2.0  # for a helper to end by itself when the search has


class Helpers:
    """Runs the command that was typed in more processes, which join the search; none outlives the context.

    Args:
        count: of the helpers.
        invocation: the command.
        threads: of each.
        deadline: `time.monotonic` by which everything should be over; None: there is none.
        note: is told of one that failed.
    """

    def __init__(
        self, count: int, invocation: Invocation, threads: int | None, *, deadline: float | None, note: Note
    ) -> None:
        self._count, self._invocation, self._threads = count, invocation, threads
        self._deadline, self._note = deadline, note
        self._processes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        command = [sys.executable, "-c", "from reread.apps.cli import main; main()", *self._arguments()]
        for _ in range(self._count):  # what they find is in the study
            process = subprocess.Popen(  # noqa: S603  # what was typed
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
            )
            self._processes.append(process)
        return self

    def __exit__(self, *_: object) -> None:
        until = time.monotonic() + GRACE_SECONDS
        for process in self._processes:
            try:
                said = process.communicate(timeout=max(0.0, until - time.monotonic()))[1]
            except subprocess.TimeoutExpired:
                process.terminate()  # a trial that it had begun is begun again by whoever continues the search
                process.communicate()
            else:
                if process.returncode not in {0, INTERRUPTED}:
                    self._note(f"a helping process failed: {(said.splitlines() or ['it said nothing'])[-1]}")

    def _arguments(self) -> Sequence[str]:
        """What was typed, with the options of a helper; the last of several counts."""
        threads = [] if self._threads is None else ["--threads", str(self._threads)]
        minutes = []
        if self._deadline is not None:
            minutes = ["--minutes", f"{max(0.01, (self._deadline - time.monotonic()) / 60):.4f}"]
        return [*self._invocation.arguments, "--resume", "--quiet", "--processes", "1", *threads, *minutes]
