"""An experiment from its TOML file to finished runs, table and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from reread.errors import ConfigError
from reread.insight.figures import matplotlib_
from reread.lab.experiments.baseline import baseline_of
from reread.lab.experiments.experiment import Experiment, Job, jobs
from reread.lab.experiments.experiment_data import ExperimentData, read_experiment_data, sharing
from reread.lab.experiments.locks import lock
from reread.lab.experiments.pool import OnProgress, Standing, Work, open_jobs, run_jobs
from reread.lab.experiments.records import read_records
from reread.lab.experiments.run import config_of
from reread.lab.experiments.vectors import Vectors, vectors_of
from reread.lab.experiments.write_up import Result, write_up
from reread.recipes.spec import ModelSpec, TrainingSettings, VectorSettings, spec_from


class Watcher(Protocol):
    """Who is told how an experiment goes."""

    def on_note(self, note: str) -> None:
        """One line about what was found or chosen."""

    def on_words(self, done: int, total: int) -> None:
        """While word vectors are trained."""

    def on_runs(self, standings: Mapping[str, Standing], ended: int, total: int) -> None:
        """While runs are trained."""


def compare(
    experiment: Experiment, data: Path | None, processes: int, watcher: Watcher, *, train: bool = True
) -> Result:
    """Do what is missing of an experiment, then write its tables and figures.

    Args:
        experiment: what to compare.
        data: the folder of the data files; None: beside the experiment, or in the cache.
        processes: runs at a time.
        watcher: who is told.
        train: False: only make tables and figures of the runs that are there.

    Raises:
        ConfigError: a finished run was made by another configuration; a file is not there.
        DataError: a data file, or a finished run, does not hold what it should.
        TrainingError: a run failed.
        MissingExtraError: matplotlib, which draws the figures, is not installed.
    """
    matplotlib_()  # told before the runs, not after them
    experiment_data = read_experiment_data(experiment, data)
    tell(experiment_data, experiment, watcher.on_note)
    found = jobs(experiment)
    if train:
        baseline_of(experiment, experiment_data, train=True)
        known = vectors_of_jobs(experiment, experiment_data, found, watcher)
        check_records(experiment, experiment_data, found, known)
        missing = open_jobs(experiment, found)
        watcher.on_note(f"{len(found) - len(missing)} of {len(found)} trainings are done")
        if missing:
            work = Work(experiment, data, known, tuple(missing))
            run_jobs(work, min(processes, len(missing)), counted(watcher, len(missing)), watcher.on_note)
    else:
        check_records(experiment, experiment_data, found, None)
    with lock(experiment.folder / ".locks", "tables", wait=True):
        return write_up(experiment, experiment_data, found)


def counted(watcher: Watcher, total: int) -> OnProgress:
    """Tells a watcher how many of so many trainings have ended."""

    def tell_runs(standings: Mapping[str, Standing], ended: int) -> None:
        watcher.on_runs(standings, ended, total)

    return tell_runs


def vectors_of_jobs(
    experiment: Experiment, experiment_data: ExperimentData, found: Sequence[Job], watcher: Watcher
) -> dict[str, Vectors]:
    """The vectors of each job that starts from some, by its name: one look at a file for all seeds of a cell."""
    cells: dict[tuple[str, str], Vectors | None] = {}
    for job in found:
        cell = job.model, job.settings[-1][0]
        if cell not in cells:
            recipe = experiment.recipe(*cell, job.seed)
            cells[cell] = vectors_of(experiment, experiment_data, recipe, watcher.on_note, watcher.on_words)
    known = {job.name: cells[job.model, job.settings[-1][0]] for job in found}
    return {name: vectors for name, vectors in known.items() if vectors is not None}


def tell(experiment_data: ExperimentData, experiment: Experiment, note: Callable[[str], None]) -> None:
    """Say what was read, and what is not as it should be."""
    note(f"{len(experiment_data.train):,} training rows, {len(experiment_data.test):,} test rows")
    if experiment_data.shared:
        note(f"warning: {sharing(experiment_data)}")
    if experiment.data.unlabelled:
        note(
            f"{len(experiment_data.unlabelled):,} unlabelled texts; {experiment_data.dropped:,} dropped, "
            "as they stand in test"
        )


def check_records(
    experiment: Experiment, experiment_data: ExperimentData, found: Sequence[Job], vectors: Mapping[str, Vectors] | None
) -> None:
    """Refuse to mix runs of different configurations.

    Args:
        experiment: what is wanted now.
        experiment_data: what it reads.
        found: its jobs.
        vectors: what they start from, by job; None: whatever the finished runs started from.

    Raises:
        ConfigError: a finished run differs from what the experiment says now.
    """
    finished = {record.name: record for record in read_records(experiment.runs)}
    for job in found:
        for (setting, _), name in zip(job.settings, job.runs(), strict=True):
            if name in finished:
                recipe = experiment.recipe(job.model, setting, job.seed)
                recorded = completed(finished[name].config)
                wanted = config_of(experiment, experiment_data, recipe, (vectors or {}).get(job.name))
                if vectors is None:
                    wanted["vectors"]["checksum"] = recorded["vectors"]["checksum"]
                for config in (recorded, wanted):
                    del config["training"]["engine"]  # all train one network; each record says which one did
                difference = first_difference(recorded, wanted)
                if difference:
                    raise ConfigError(
                        f"{experiment.runs / name}.json was made with {difference}; undo the change, "
                        "or move the finished runs elsewhere"
                    )


EARLIER = {"model": {"embedding_dropout_by": "position"}}
"""What held before there was a setting for it, where that is not the setting's default."""


def completed(config: Mapping[str, Any]) -> dict[str, Any]:
    """A record's configuration, with the defaults of settings that came later."""
    kinds = {"model": ModelSpec, "training": TrainingSettings, "vectors": VectorSettings}
    found = dict(config)
    for name, kind in kinds.items():
        values = {key: value for key, value in config[name].items() if key != "checksum"}
        kept = {key: value for key, value in config[name].items() if key == "checksum"}
        found[name] = {**asdict(spec_from(kind, EARLIER.get(name, {}) | values, name)), **kept}
    return found


def first_difference(old: Any, new: Any, name: str = "") -> str:
    """The first setting that differs, with both values; empty if none does."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            found = first_difference(old.get(key), new.get(key), f"{name}.{key}" if name else key)
            if found:
                return found
        return ""
    same = list(old) == list(new) if isinstance(old, list | tuple) and isinstance(new, list | tuple) else old == new
    return "" if same else f"{name} = {old!r}, the experiment now says {new!r}"
