"""A small experiment: two networks, two settings of which one is the beginning of the other, texts that fit on a page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from reread.lab.experiments.compare import compare
from reread.lab.experiments.experiment import read_experiment
from reread.lab.experiments.experiment_data import read_experiment_data
from reread.lab.experiments.pool import OnProgress, Standing, Work
from reread.lab.experiments.run import train as train_job
from reread.lab.experiments.write_up import Result
from reread.train.listener import Note, Silent

PRAISE = ("a lovely warm film", "great fun from start to end", "bright, clever and moving")
BLAME = ("a dull cold film", "no fun from start to end", "dim, clumsy and tedious")

EXPERIMENT = """
models = ["rnn", "lstm"]
settings = ["short.toml", "long.toml"]
seeds = 2

[data]
train = "train.csv"
test = "test.csv"

[curve]
every = 2
rows = 8

[overrides.model]
hidden = 4
embedding_dim = 4
latent = [4]
"""

SETTING = """
summary = "a few steps"
source = "ours"
[text]
min_count = 1
[training]
steps = {steps}
batch_size = 4
warmup = 0
decay = "constant"
"""


def rows(first: int, count: int) -> str:
    """Lines of a CSV file of praise and blame in which no text stands twice."""
    lines = [
        f'"{(PRAISE, BLAME)[k % 2][k % 3]}, take {k}",{("pos", "neg")[k % 2]}' for k in range(first, first + count)
    ]
    return "\n".join(["text,label", *lines, ""])


def lay_out(folder: Path, experiment: str = EXPERIMENT, *, steps: tuple[int, int] = (4, 8)) -> Path:
    """The files of an experiment; the path of its TOML file."""
    folder.mkdir(exist_ok=True)
    (folder / "train.csv").write_text(rows(0, 24), encoding="utf-8")
    (folder / "test.csv").write_text(rows(24, 12), encoding="utf-8")
    for name, number in zip(("short", "long"), steps, strict=True):
        (folder / f"{name}.toml").write_text(SETTING.format(steps=number), encoding="utf-8")
    path = folder / "small.toml"
    path.write_text(experiment, encoding="utf-8")
    return path


class Heard:
    """A watcher that remembers."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.ended = 0

    def on_note(self, note: str) -> None:
        self.notes.append(note)

    def on_words(self, done: int, total: int) -> None:
        pass

    def on_runs(self, standings: Mapping[str, Standing], ended: int, total: int) -> None:
        self.ended = ended


def compared(path: Path, heard: Heard, *, train: bool = True, processes: int = 2) -> Result:
    return compare(read_experiment(path), None, processes, heard, train=train)


def compared_here(path: Path, heard: Heard) -> Result:
    """The same in this process: others would import torch for far longer than these trainings take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reread.lab.experiments.compare.run_jobs", run_jobs_here)
        return compared(path, heard)


def run_jobs_here(
    work: Work, _processes: int | None, on_progress: OnProgress, _on_note: Note, _ray: str | None
) -> None:
    experiment_data = read_experiment_data(work.experiment, work.data)
    for ended, job in enumerate(work.jobs, start=1):
        train_job(job, work.experiment, experiment_data, work.vectors.get(job.name), Silent())
        on_progress({}, ended)
