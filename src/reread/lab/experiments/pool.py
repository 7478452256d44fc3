"""The jobs of an experiment on all cores: one process each, one thread a process."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from reread.errors import RereadError, TrainingError
from reread.lab.experiments.experiment import Experiment, Job
from reread.lab.experiments.experiment_data import read_experiment_data
from reread.lab.experiments.run import train
from reread.lab.experiments.vectors import Vectors
from reread.locks import lock
from reread.train.listener import Note, Progress, Silent
from reread.typing import override

MESSAGE_SECONDS = 1.0  # between two messages of one run
DEATHS = 3  # of workers in a row, without a finished run, after which something is wrong with the machine
OnProgress = Callable[[Mapping[str, "Standing"], int], None]
"""Takes the runs under way and how many jobs have ended."""


@dataclass
class Standing:
    """How far a run is."""

    steps: int = 0
    total: int = 0
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Work:
    """The work that every worker is given."""

    experiment: Experiment
    data: Path | None
    vectors: Mapping[str, Vectors]
    jobs: tuple[Job, ...]


def run_jobs(work: Work, processes: int, on_progress: OnProgress, on_note: Note) -> None:
    """Do all jobs that are not done, in ``processes`` workers, except those that other machines hold.

    Args:
        work: the jobs and what they need.
        processes: workers at a time.
        on_progress: is told how it goes.
        on_note: is told the notes of a worker's first run, such as how much of the texts is cut; each one once.

    Raises:
        TrainingError: a run failed, or workers die one after the other; the others are stopped, finished runs stay.
    """
    _Pool(work, on_progress, on_note).run(processes)


class _Pool:
    """The workers and their messages."""

    def __init__(self, work: Work, on_progress: OnProgress, on_note: Note) -> None:
        self.work, self.on_progress, self.on_note = work, on_progress, on_note
        self.noted: set[str] = set()
        self.standings: dict[str, Standing] = {}
        self.ended = self.deaths = 0
        self.workers: dict[Connection, BaseProcess] = {}
        self.current: dict[Connection, str] = {}

    def run(self, processes: int) -> None:
        try:
            for _ in range(processes):
                self._start()
            while self.workers:
                for connection in wait(list(self.workers), timeout=1.0):
                    self._hear(connection)  # type: ignore[arg-type]  # only connections are waited for
                self.on_progress(self.standings, self.ended)
        finally:
            for process in self.workers.values():
                process.terminate()
            for process in self.workers.values():
                process.join()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_worker, args=(self.work, theirs, os.getpid()), daemon=True)
        process.start()
        theirs.close()
        self.workers[ours] = process

    def _hear(self, connection: Connection) -> None:
        try:
            kind, content = connection.recv()
        except EOFError:
            self._gone(connection)
            return
        if kind == "error":
            raise TrainingError(f"{self.current.get(connection, 'a worker')}: {content}")
        if kind == "begin":
            self.current[connection] = content
            self.standings[content] = Standing()
        elif kind == "steps":
            standing = self.standings[self.current[connection]]
            standing.steps, standing.total = content
        elif kind == "note" and content not in self.noted:
            self.noted.add(content)
            self.on_note(content)
        elif kind == "end":
            self.standings.pop(self.current.pop(connection), None)
            self.ended += 1
            self.deaths = 0

    def _gone(self, connection: Connection) -> None:
        """Handle the end of a worker: if it died, its run is free again, and another worker takes its place."""
        process = self.workers.pop(connection)
        process.join()
        if process.exitcode == 0:
            return
        self.standings.pop(self.current.pop(connection, ""), None)
        self.deaths += 1
        logging.getLogger(__name__).warning("a worker ended with %s; its run starts again", process.exitcode)
        if self.deaths >= DEATHS:
            raise TrainingError(
                f"{DEATHS} workers in a row ended without a run, the last with {process.exitcode}; is the memory full?"
            )
        self._start()


def _worker(work: Work, connection: Connection, parent: int) -> None:
    """Do jobs until none is free, and report through ``connection``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl-C
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    try:
        experiment_data = read_experiment_data(work.experiment, work.data)
        listener = _Listener(connection)
        for job in work.jobs:
            with lock(work.experiment.folder / ".locks", job.name) as ours:
                if ours and not is_done(work.experiment, job):
                    connection.send(("begin", job.name))
                    train(job, work.experiment, experiment_data, work.vectors.get(job.name), listener)
                    connection.send(("end", None))
                    listener.takes_notes = False
    except RereadError as error:
        connection.send(("error", str(error)))


class _Listener(Silent):
    """Passes on how far a run is, and the notes of the worker's first one."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.takes_notes = True
        self.last_sent = 0.0

    @override
    def on_note(self, note: str) -> None:
        if self.takes_notes:
            self.connection.send(("note", note))

    @override
    def on_step(self, state: Progress, total_steps: int) -> None:
        if time.monotonic() - self.last_sent >= MESSAGE_SECONDS:
            self.connection.send(("steps", (state.step, total_steps)))
            self.last_sent = time.monotonic()


def is_done(experiment: Experiment, job: Job) -> bool:
    """Whether every run of a job is on disk."""
    return all((experiment.runs / f"{name}.json").exists() for name in job.runs())


def open_jobs(experiment: Experiment, all_jobs: Sequence[Job]) -> list[Job]:
    """The jobs that are not done."""
    return [job for job in all_jobs if not is_done(experiment, job)]


def _end_with(parent: int) -> None:
    """End this process when its parent has gone, even if that was killed."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
