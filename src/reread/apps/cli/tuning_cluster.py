"""Helpers of a search on the machines of a cluster: each a task that runs the same command, which joins it."""

from __future__ import annotations

import importlib
import io
import logging
import threading
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, Self

from reread.apps.cli import tuning_helpers
from reread.apps.cli.exit_codes import INTERRUPTED
from reread.apps.cli.invocation import Invocation
from reread.apps.cli.tuning_helpers import Helpers
from reread.errors import RereadError
from reread.lab.cluster import Cluster, machine_of_task
from reread.lab.pieces import Here
from reread.machine import wait_without_spinning
from reread.train.listener import Note
from reread.typing import override

LISTEN_SECONDS = 1.0


class SpreadHelpers(Helpers):
    """Runs the command that was typed as tasks of a cluster, and says where; a lost one begins again elsewhere.

    Args:
        cluster: where they run.
        count: of the helpers; None: one for each core but that of this process.
        invocation: the command.
        threads: of each, which are the cores that it takes.
        deadline: `time.monotonic` by which everything should be over; None: there is none.
        note: is told where each begins, and of one that failed.
    """

    def __init__(
        self,
        cluster: Cluster,
        count: int | None,
        invocation: Invocation,
        threads: int,
        *,
        deadline: float | None,
        note: Note,
    ) -> None:
        free = cluster.cores - min(threads, cluster.cores_here)
        super().__init__(
            max(1, free // threads) if count is None else count, invocation, threads, deadline=deadline, note=note
        )
        self._cluster, self._cores = cluster, threads
        self._mailbox = cluster.mailbox()
        self._tasks: list[Any] = []
        self._where: dict[int, str] = {}
        self._over = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)

    @override
    def __enter__(self) -> Self:
        here, arguments = Here(), tuple(self._arguments())
        self._tasks = [
            self._cluster.start(help_search, here, arguments, number, self._mailbox, cores=self._cores)
            for number in range(1, self._count + 1)
        ]
        self._listener.start()
        return self

    @override
    def __exit__(self, *_: object) -> None:
        ended = self._cluster.all_ended(self._tasks, tuning_helpers.GRACE_SECONDS) if self._tasks else []
        self._over.set()
        self._listener.join()
        self._cluster.stop([task for task in self._tasks if task not in ended])
        for task in ended:
            try:
                code, said = self._cluster.result(task)
            except RereadError as error:
                code, said = 1, str(error)
            if code not in {0, INTERRUPTED}:
                self._note(f"a helping process failed: {said}")

    def _listen(self) -> None:
        while not self._over.wait(LISTEN_SECONDS):
            for number, machine in self._cluster.letters(self._mailbox):
                name = self._cluster.names().get(machine, machine[:6])
                if number in self._where:
                    logging.getLogger(__name__).warning(
                        "helper %d was lost on %s and begins again on %s", number, self._where[number], name
                    )
                else:
                    self._note(f"helper {number} of {self._count} tries settings on {name}")
                self._where[number] = name


def help_search(here: Here, arguments: tuple[str, ...], number: int, mailbox: Any) -> tuple[int, str]:
    """A task: run the command; its exit code, and the last line of what it said."""
    mailbox.put.remote((number, machine_of_task()))
    wait_without_spinning()
    said = io.StringIO()
    with redirect_stderr(said), redirect_stdout(io.StringIO()):
        try:
            here.arrive()
        except (RereadError, OSError) as error:
            return 1, str(error)
        command: Any = importlib.import_module("reread.apps.cli.run")  # by name: it imports all commands
        code = command.run(arguments)
    return code, (said.getvalue().splitlines() or ["it said nothing"])[-1]
