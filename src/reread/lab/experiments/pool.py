"""The jobs of an experiment on all cores, here or of a cluster: one process each, one thread a process."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from reread.errors import TrainingError
from reread.lab.cluster import Cluster
from reread.lab.experiments.experiment import Experiment, Job
from reread.lab.experiments.experiment_data import read_experiment_data
from reread.lab.experiments.run import train
from reread.lab.experiments.vectors import Vectors
from reread.lab.pieces import Pieces
from reread.lab.pieces import Work as PieceWork
from reread.lab.workers import BEGIN, END, Report, Workers
from reread.locks import lock
from reread.machine import available_cores
from reread.train.listener import Note, Progress, Silent
from reread.typing import override

MESSAGE_SECONDS = 1.0  # between two messages of one run
STEPS, NOTE = "steps", "note"
OnProgress = Callable[[Mapping[str, "Standing"], int], None]
"""Takes the runs under way and how many jobs have ended."""


@dataclass
class Standing:
    """How far a run is."""

    steps: int = 0
    total: int = 0
    where: str = ""
    """The machine, on a cluster."""
    started: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Work:
    """The work that every worker is given."""

    experiment: Experiment
    data: Path | None
    vectors: Mapping[str, Vectors]
    jobs: tuple[Job, ...]


def run_jobs(work: Work, processes: int | None, on_progress: OnProgress, on_note: Note, ray: str | None = None) -> None:
    """Do all jobs that are not done, in ``processes`` workers, except those that other machines hold.

    Args:
        work: the jobs and what they need.
        processes: workers at a time; None: one for each core.
        on_progress: is told how it goes.
        on_note: is told the notes of a worker's first run, such as how much of the texts is cut; each one once.
        ray: the Ray cluster that does them instead: auto or HOST:PORT. What other machines hold is then waited for.

    Raises:
        ConfigError: there is no such cluster.
        MissingExtraError: Ray is not installed.
        TrainingError: a run failed, or workers die one after the other; the others are stopped, finished runs stay.
    """
    told = _Told(on_progress, on_note)
    if ray is None:
        _Runs(work, told).run(min(processes or available_cores(), len(work.jobs)))
        return
    with Cluster(ray) as cluster:
        _SpreadRuns(cluster, work, told).run([job.name for job in work.jobs], most=processes)


class _Told:
    """The runs under way, as they tell of themselves."""

    def __init__(self, on_progress: OnProgress, on_note: Note) -> None:
        self.on_progress, self.on_note = on_progress, on_note
        self.noted: set[str] = set()
        self.standings: dict[str, Standing] = {}
        self.ended = 0

    def hear(self, run: str, kind: str, content: Any, where: str = "") -> None:
        """Take a message of a run."""
        if kind == BEGIN:
            self.standings[run] = Standing(where=where)
        elif kind == STEPS and run in self.standings:
            standing = self.standings[run]
            standing.steps, standing.total = content
        elif kind == NOTE and content not in self.noted:
            self.noted.add(content)
            self.on_note(content)
        elif kind == END:
            self.standings.pop(run, None)
            self.ended += 1

    def tell(self) -> None:
        """Pass it on."""
        self.on_progress(self.standings, self.ended)


class _Runs(Workers):
    """The runs of this machine."""

    def __init__(self, work: Work, told: _Told) -> None:
        super().__init__(_do, work)
        self.told = told
        self.current: dict[Connection, str] = {}

    @override
    def heard(self, worker: Connection, kind: str, content: Any) -> None:
        if kind == BEGIN:
            self.current[worker] = content
        self.told.hear(self.current[worker], kind, content)
        if kind == END:
            del self.current[worker]

    @override
    def failed(self, worker: Connection, error: Exception) -> Exception:
        return TrainingError(f"{self.current.get(worker, 'a worker')}: {error}")

    @override
    def died(self, worker: Connection) -> None:
        self.told.standings.pop(self.current.pop(worker, ""), None)

    @override
    def tick(self) -> None:
        self.told.tell()


class _SpreadRuns(Pieces):
    """The runs of a cluster."""

    def __init__(self, cluster: Cluster, work: Work, told: _Told) -> None:
        super().__init__(cluster, PieceWork(_Opened, _do_job, work))
        self.told, self.experiment = told, work.experiment
        self.jobs = {job.name: job for job in work.jobs}

    @override
    def heard(self, piece: str, kind: str, content: Any) -> None:
        self.told.hear(piece, kind, content, self.where.get(piece, ""))

    @override
    def is_there(self, piece: str) -> bool:
        return is_done(self.experiment, self.jobs[piece])

    @override
    def failed(self, piece: str, error: Exception) -> Exception:
        return TrainingError(f"{piece}: {error}")

    @override
    def tick(self) -> None:
        self.told.tell()


def _do(work: Work, report: Report) -> None:
    """Do jobs until none is free."""
    opened = _Opened(work)
    for job in work.jobs:
        opened.do(job, report)


def _do_job(opened: _Opened, name: str, report: Report) -> str | None:
    """Do a job of a cluster: its name, or None if it is done or another process holds it."""
    done = opened.do(opened.jobs[name], lambda kind, content: None if kind in {BEGIN, END} else report(kind, content))
    return name if done else None


class _Opened:
    """The rows, read by a process that trains."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.jobs = {job.name: job for job in work.jobs}
        self.rows = read_experiment_data(work.experiment, work.data)
        self.takes_notes = True

    def do(self, job: Job, report: Report) -> bool:
        """Do a job; False if it is done or another process holds it."""
        experiment = self.work.experiment
        with lock(experiment.folder / ".locks", job.name) as ours:
            if not ours or is_done(experiment, job):
                return False
            report(BEGIN, job.name)
            listener = _Listener(report, takes_notes=self.takes_notes)
            train(job, experiment, self.rows, self.work.vectors.get(job.name), listener)
            report(END, None)
            self.takes_notes = False
            return True


class _Listener(Silent):
    """Passes on how far a run is, and the notes of the worker's first one."""

    def __init__(self, report: Report, *, takes_notes: bool) -> None:
        self.report = report
        self.takes_notes = takes_notes
        self.last_sent = 0.0

    @override
    def on_note(self, note: str) -> None:
        if self.takes_notes:
            self.report(NOTE, note)

    @override
    def on_step(self, state: Progress, total_steps: int) -> None:
        if time.monotonic() - self.last_sent >= MESSAGE_SECONDS:
            self.report(STEPS, (state.step, total_steps))
            self.last_sent = time.monotonic()


def is_done(experiment: Experiment, job: Job) -> bool:
    """Whether every run of a job is on disk."""
    return all((experiment.runs / f"{name}.json").exists() for name in job.runs())


def open_jobs(experiment: Experiment, all_jobs: Sequence[Job]) -> list[Job]:
    """The jobs that are not done."""
    return [job for job in all_jobs if not is_done(experiment, job)]
