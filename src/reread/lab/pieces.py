"""Pieces of work on the machines of a cluster, each of which is done again if it is lost."""

from __future__ import annotations

import logging
import os
import time
import uuid
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from reread.errors import RereadError
from reread.lab.cluster import Cluster, machine_of_task
from reread.lab.workers import BEGIN, END, ERROR, Report
from reread.version import __version__

AHEAD = 1000  # pieces that the cluster knows of at a time, so that it can grow if it does so by itself
HELD_SECONDS = 2.0  # until a piece that someone else does is looked at again
SEEN_SECONDS = 60.0  # that a shared folder may take to show what another machine wrote


@dataclass(frozen=True)
class Here:
    """What a task must find on its machine as it is on the one that asks.

    Attributes:
        folder: what relative paths start from.
        version: of reread.
    """

    folder: str = field(default_factory=os.getcwd)
    version: str = __version__

    def arrive(self) -> None:
        """Make it so, in a process of a task.

        Raises:
            RereadError: another reread is installed there.
            OSError: the folder is not there.
        """
        if self.version != __version__:
            raise RereadError(
                f"a machine of the cluster has reread {__version__}, this one {self.version}; install one"
            )
        os.chdir(self.folder)


@dataclass(frozen=True)
class Work:
    """What a piece needs; travels to every machine.

    Attributes:
        opened: makes of ``content`` what the pieces share, once in each process.
        done: does a piece: with what is shared, its name, and what reports. None says that someone else does it.
        content: the work.
        here: what the machines must have.
        key: tells works apart.
    """

    opened: Callable[[Any], Any]
    done: Callable[[Any, str, Report], Any]
    content: Any
    here: Here = field(default_factory=Here)
    key: str = field(default_factory=lambda: uuid.uuid4().hex)


class Pieces(ABC):
    """Does pieces on a cluster, and hears of them.

    Args:
        cluster: where they are done.
        work: what they need.

    Attributes:
        where: the machine of each piece under way.
        done_by: how many pieces each machine has done.
    """

    def __init__(self, cluster: Cluster, work: Work) -> None:
        self._cluster, self._work = cluster, work
        self._mailbox: Any = None
        self._names: dict[str, str] = {}
        self.where: dict[str, str] = {}
        self.done_by: Counter[str] = Counter()

    def run(self, pieces: Sequence[str], *, cores: int = 1, most: int | None = None) -> None:
        """Do all pieces; one that someone else holds is waited for.

        Args:
            pieces: their names.
            cores: that each takes.
            most: pieces at a time; None: as many as the cluster has cores for.

        Raises:
            RereadError, OSError: a piece reported it; the others are stopped.
            One is lost too often, or what was done cannot be seen here.
        """
        if self._cluster.most_cores < cores:
            logging.getLogger(__name__).warning("no machine of the cluster has %d cores; waiting for one", cores)
        waiting, running, held = deque(pieces), dict[Any, str](), deque[tuple[float, str]]()
        work, self._mailbox = self._cluster.put(self._work), self._cluster.mailbox()
        try:
            while waiting or running or held:
                while held and held[0][0] <= time.monotonic():
                    waiting.append(held.popleft()[1])
                while waiting and len(running) < (most or AHEAD):
                    piece = waiting.popleft()
                    running[self._cluster.start(do_piece, work, piece, self._mailbox, cores=cores)] = piece
                ended = self._ended(running)
                self._hear()
                for task in ended:
                    piece = running.pop(task)
                    if self._end(piece, task):
                        held.append((time.monotonic() + HELD_SECONDS, piece))
                self.tick()
            self._see(pieces)
        finally:
            self._cluster.stop(list(running))

    @abstractmethod
    def heard(self, piece: str, kind: str, content: Any) -> None:
        """A piece has begun, has sent a message, or has ended: with None if someone else did it."""

    @abstractmethod
    def is_there(self, piece: str) -> bool:
        """Whether a piece is done, as it can be seen here."""

    def failed(self, piece: str, error: Exception) -> Exception:
        """The error to raise for that of a piece."""
        return RereadError(f"{piece}: {error}") if type(error) is RereadError else error

    def tick(self) -> None:  # noqa: B027  # not everyone keeps account of time
        """About a second has passed, or a piece has ended."""

    def name_of(self, machine: str) -> str:
        """The name of a machine."""
        if machine not in self._names:
            self._names = self._cluster.names()
        return self._names.get(machine, machine[:6])

    def _ended(self, running: dict[Any, str]) -> list[Any]:
        if running:
            return self._cluster.ended(list(running), 1.0)
        time.sleep(HELD_SECONDS / 4)
        return []

    def _hear(self) -> None:
        for piece, machine, kind, content in self._cluster.letters(self._mailbox):
            if kind == BEGIN:
                if piece in self.where:
                    logging.getLogger(__name__).warning(
                        "%s was lost on %s and begins again on %s", piece, self.where[piece], self.name_of(machine)
                    )
                self.where[piece] = self.name_of(machine)
            self.heard(piece, kind, content)

    def _end(self, piece: str, task: Any) -> bool:
        """Take the end of a piece; True if someone else is about to do it."""
        try:
            machine, kind, content = self._cluster.result(task)
        except RereadError as error:
            raise self.failed(piece, error) from error
        self.where.pop(piece, None)
        if kind == ERROR:
            raise self.failed(piece, content)
        if content is None and not self.is_there(piece):
            return True
        if content is not None:
            self.done_by[self.name_of(machine)] += 1
        self.heard(piece, END, content)
        return False

    def _see(self, pieces: Sequence[str]) -> None:
        until = time.monotonic() + SEEN_SECONDS
        for piece in pieces:
            while not self.is_there(piece):
                if time.monotonic() > until:
                    what = "done by a machine of the cluster, but its result is not here; all must share the folder"
                    raise self.failed(piece, RereadError(what))
                time.sleep(0.5)


def do_piece(work: Work, piece: str, mailbox: Any) -> tuple[str, str, Any]:
    """A task: its machine, and a message of its end or its error."""
    machine = machine_of_task()

    def report(kind: str, content: Any) -> None:
        mailbox.put.remote((piece, machine, kind, content))

    report(BEGIN, None)
    try:
        return machine, END, work.done(_shared(work), piece, report)
    except RereadError as error:
        return machine, ERROR, RereadError(str(error)) if isinstance(error, ImportError) else error
    except OSError as error:
        return machine, ERROR, error


_opened: dict[str, Any] = {}  # what the pieces of a work share, in this process


def _shared(work: Work) -> Any:
    if work.key not in _opened:
        _opened.clear()
        work.here.arrive()
        _opened[work.key] = work.opened(work.content)
    return _opened[work.key]
