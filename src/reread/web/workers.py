"""Processes that answer at one socket: one that ends is started again, and all of them end together."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from reread.errors import RereadError

LONGEST_PAUSE = 30.0  # seconds before a worker that cannot start is started again
PASSED_ON = [getattr(signal, name) for name in ("SIGHUP", "SIGUSR1") if hasattr(signal, name)]
ENDS = (signal.SIGINT, signal.SIGTERM)
logger = logging.getLogger("reread.workers")


class Work(Protocol):
    """What a worker does until SIGTERM; it can be pickled."""

    def __call__(self, listening: socket.socket, ready: Callable[[], None]) -> object:
        """Answer at the socket; call ``ready`` as soon as it does."""


@dataclass(eq=False)
class Worker:
    """One process.

    Attributes:
        number: its place, from 1.
        process: it; None: it waits to be started again.
        pipe: brings None when it is ready, or the error that it ended with.
        ready: whether it is.
        failures: how often in turn it ended before it was ready.
        start_at: when it is started again, by the monotonic clock.
    """

    number: int
    process: BaseProcess | None = None
    pipe: Connection | None = None
    ready: bool = False
    failures: int = 0
    start_at: float = 0.0


class Workers:
    """Runs workers until SIGINT or SIGTERM; a second one of these ends them at once.

    The socket is theirs together, so the connections that wait at it are not lost with a worker. Each is started as a
    new process, not forked: it has threads of its own.

    Args:
        work: what each of them does.
        count: how many there are.
        ended: called with the process id of one that has ended.
    """

    def __init__(self, work: Work, count: int, *, ended: Callable[[int], None] = lambda _: None) -> None:
        self._work, self._ended = work, ended
        self._workers = [Worker(number + 1) for number in range(count)]
        self._context = multiprocessing.get_context("spawn")
        self._all_ready = False

    def run(self, listening: socket.socket, ready: Callable[[], None]) -> int:
        """Start them, and keep them; the signal that ended them.

        Args:
            listening: the socket; it is closed.
            ready: called when all of them answer.

        Raises:
            RereadError: one of them cannot start in the beginning.
        """
        with _signals() as (wakes, told):
            try:
                stopped_by = self._keep(listening, ready, wakes, told)
            finally:
                listening.close()
                self._end(wakes, told)
        return stopped_by

    def _keep(self, listening: socket.socket, ready: Callable[[], None], wakes: socket.socket, told: deque[int]) -> int:
        while True:
            for worker in self._workers:
                if worker.process is None and time.monotonic() >= worker.start_at:
                    self._start(worker, listening)
            self._wait(wakes)
            while told:
                name = told.popleft()
                if name in ENDS:
                    return name
                self._pass_on(name)
            for worker in self._workers:
                self._look_at(worker)
            if not self._all_ready and all(worker.ready for worker in self._workers):
                self._all_ready = True
                ready()

    def _wait(self, wakes: socket.socket) -> None:
        """Until something happens, or a worker is to be started."""
        news: list[Any] = [wakes]
        for worker in self._workers:
            if worker.process is not None:
                news.append(worker.process.sentinel)
            if worker.pipe is not None:
                news.append(worker.pipe)
        starts = [worker.start_at for worker in self._workers if worker.process is None]
        wait(news, max(0.0, min(starts) - time.monotonic()) if starts else None)
        _drain(wakes)

    def _start(self, worker: Worker, listening: socket.socket) -> None:
        worker.pipe, theirs = self._context.Pipe(duplex=False)
        worker.process = self._context.Process(
            target=_begin, args=(self._work, listening, theirs), name=f"worker {worker.number}"
        )
        worker.process.start()
        theirs.close()

    def _look_at(self, worker: Worker) -> None:
        """Hear what a worker says, and whether it has ended."""
        if worker.process is None:
            return
        error: Exception | None = None
        if worker.pipe is not None and worker.pipe.poll():
            try:
                error = worker.pipe.recv()
                worker.ready, worker.failures = error is None, 0 if error is None else worker.failures
            except EOFError:  # it ended
                pass
            worker.pipe.close()
            worker.pipe = None
        if worker.process.is_alive() and error is None:
            return
        worker.process.join()
        self._has_ended(worker, error)

    def _has_ended(self, worker: Worker, error: Exception | None) -> None:
        process = worker.process
        if process is None or process.pid is None:
            return
        said = str(error) if error is not None else _how(process.exitcode)
        self._ended(process.pid)
        if not self._all_ready:
            raise error if isinstance(error, RereadError | OSError) else RereadError(f"{process.name} ended ({said})")
        worker.failures += not worker.ready
        pause = min(LONGEST_PAUSE, 2.0 ** (worker.failures - 1)) if worker.failures else 0.0
        worker.process, worker.ready, worker.start_at = None, False, time.monotonic() + pause
        logger.warning("%s ended (%s); another one starts%s", process.name, said, f" in {pause:.0f} s" * (pause > 0))

    def _pass_on(self, name: int) -> None:
        for worker in self._workers:
            if worker.ready and worker.process is not None and worker.process.pid is not None:
                os.kill(worker.process.pid, name)

    def _end(self, wakes: socket.socket, told: deque[int]) -> None:
        """Let all of them answer what they have taken; at once, if told so again."""
        left = [worker.process for worker in self._workers if worker.process is not None]
        for process in left:
            process.terminate()
        while left := [process for process in left if process.is_alive()]:
            wait([wakes, *(process.sentinel for process in left)])
            _drain(wakes)
            while told:
                if told.popleft() in ENDS:
                    for process in left:
                        process.kill()


def _begin(work: Work, listening: socket.socket, pipe: Connection) -> None:
    """A worker's first and last lines."""
    for name in (signal.SIGINT, *PASSED_ON):  # Ctrl-C reaches all processes of a terminal; the first one tells
        signal.signal(name, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work(listening, ready=lambda: pipe.send(None))
    except (RereadError, OSError) as error:
        pipe.send(error)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _signals() -> Iterator[tuple[socket.socket, deque[int]]]:
    """A socket that can be read as soon as a signal has come, and the signals."""
    told: deque[int] = deque()
    wakes, wakened = socket.socketpair()
    for each in (wakes, wakened):
        each.settimeout(0)
    handlers = {name: signal.signal(name, lambda got, _: told.append(got)) for name in (*ENDS, *PASSED_ON)}
    before = signal.set_wakeup_fd(wakened.fileno(), warn_on_full_buffer=False)
    try:
        yield wakes, told
    finally:
        signal.set_wakeup_fd(before)
        for name, handler in handlers.items():
            signal.signal(name, handler)
        wakes.close()
        wakened.close()


def _drain(wakes: socket.socket) -> None:
    try:
        while wakes.recv(4096):
            pass
    except BlockingIOError:
        pass


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"by {signal.Signals(-code).name}"
    return f"exit code {code}"
