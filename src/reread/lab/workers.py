"""Processes that do pieces of work until none is left, and report on them; one that dies is replaced."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from reread.errors import RereadError

DEATHS = 3  # of workers in a row, without a finished piece, after which something is wrong with the machine
END_SECONDS = 5.0  # that a process has to tidy up
BEGIN = "begin"
END = "end"
ERROR = "error"
Report = Callable[[str, Any], None]
"""Sends a kind of message and its content: ``begin`` and ``end`` of a piece, other kinds as the work likes."""


class Workers(ABC):
    """Runs processes and hears them.

    Args:
        work: what each process does, once: with ``arguments``, and what reports. It must be importable by its name.
        arguments: the same for all of them.
    """

    def __init__(self, work: Callable[..., None], *arguments: Any) -> None:
        self._work, self._arguments = work, arguments
        self._processes: dict[Connection, BaseProcess] = {}
        self._deaths = 0

    def run(self, processes: int) -> None:
        """Work with so many processes at a time, until all have ended.

        Raises:
            RereadError, OSError: a process reported it; the others are stopped.
            They die one after the other.
        """
        try:
            for _ in range(processes):
                self._start()
            while self._processes:
                for connection in wait(list(self._processes), timeout=1.0):
                    self._listen(connection)  # type: ignore[arg-type]  # only connections are waited for
                self.tick()
        finally:
            for process in self._processes.values():
                process.terminate()
            for process in self._processes.values():
                process.join(END_SECONDS)
                process.kill()
                process.join()

    @abstractmethod
    def heard(self, worker: Connection, kind: str, content: Any) -> None:
        """A worker has sent a message."""

    def failed(self, worker: Connection, error: Exception) -> Exception:
        """The error to raise for that of a worker."""
        del worker
        return error

    def died(self, worker: Connection) -> None:  # noqa: B027  # not everyone keeps account of workers
        """A worker has died; another one takes its place."""

    def tick(self) -> None:  # noqa: B027  # nor of time
        """About a second has passed, or a worker was heard."""

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_process, args=(self._work, self._arguments, theirs, os.getpid()), daemon=True)
        process.start()
        theirs.close()
        self._processes[ours] = process

    def _listen(self, connection: Connection) -> None:
        try:
            kind, content = connection.recv()
        except EOFError:
            self._ended(connection)
            return
        if kind == ERROR:
            raise self.failed(connection, content)
        if kind == END:
            self._deaths = 0
        self.heard(connection, kind, content)

    def _ended(self, connection: Connection) -> None:
        process = self._processes.pop(connection)
        process.join()
        if process.exitcode == 0:
            return
        self._deaths += 1
        logging.getLogger(__name__).warning("a worker ended with %s; its work starts again", process.exitcode)
        if self._deaths >= DEATHS:
            what = f"{DEATHS} workers in a row ended with nothing done, the last with {process.exitcode}"
            raise self.failed(connection, RereadError(f"{what}; is the memory full?"))
        self.died(connection)
        self._start()


def _process(work: Callable[..., None], arguments: tuple[Any, ...], connection: Connection, parent: int) -> None:
    def report(kind: str, content: Any) -> None:
        try:
            connection.send((kind, content))
        except BrokenPipeError:  # the parent has gone
            sys.exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what is half written is removed
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        work(*arguments, report)
    except (RereadError, OSError) as error:
        report(ERROR, error)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # nothing is half written any more, and Python is about to end


def _end_with(parent: int) -> None:
    """End this process when its parent has gone, even if that was killed."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(END_SECONDS)
    os._exit(1)
