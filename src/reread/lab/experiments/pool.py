"""The jobs of an experiment on all cores: one process each, one thread a process."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from reread.errors import TrainingError
from reread.lab.experiments.experiment import Experiment, Job
from reread.lab.experiments.experiment_data import read_experiment_data
from reread.lab.experiments.run import train
from reread.lab.experiments.vectors import Vectors
from reread.lab.workers import BEGIN, END, Report, Workers
from reread.locks import lock
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
    _Runs(work, on_progress, on_note).run(processes)


class _Runs(Workers):
    """The runs under way, as the workers tell of them."""

    def __init__(self, work: Work, on_progress: OnProgress, on_note: Note) -> None:
        super().__init__(_do, work)
        self.on_progress, self.on_note = on_progress, on_note
        self.noted: set[str] = set()
        self.standings: dict[str, Standing] = {}
        self.ended = 0
        self.current: dict[Connection, str] = {}

    @override
    def heard(self, worker: Connection, kind: str, content: Any) -> None:
        if kind == BEGIN:
            self.current[worker] = content
            self.standings[content] = Standing()
        elif kind == STEPS:
            standing = self.standings[self.current[worker]]
            standing.steps, standing.total = content
        elif kind == NOTE and content not in self.noted:
            self.noted.add(content)
            self.on_note(content)
        elif kind == END:
            self.standings.pop(self.current.pop(worker), None)
            self.ended += 1

    @override
    def failed(self, worker: Connection, error: Exception) -> Exception:
        return TrainingError(f"{self.current.get(worker, 'a worker')}: {error}")

    @override
    def died(self, worker: Connection) -> None:
        self.standings.pop(self.current.pop(worker, ""), None)

    @override
    def tick(self) -> None:
        self.on_progress(self.standings, self.ended)


def _do(work: Work, report: Report) -> None:
    """Do jobs until none is free."""
    experiment_data = read_experiment_data(work.experiment, work.data)
    listener = _Listener(report)
    for job in work.jobs:
        with lock(work.experiment.folder / ".locks", job.name) as ours:
            if ours and not is_done(work.experiment, job):
                report(BEGIN, job.name)
                train(job, work.experiment, experiment_data, work.vectors.get(job.name), listener)
                report(END, None)
                listener.takes_notes = False


class _Listener(Silent):
    """Passes on how far a run is, and the notes of the worker's first one."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.takes_notes = True
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
