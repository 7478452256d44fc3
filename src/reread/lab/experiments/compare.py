"""An experiment from its TOML file to finished runs, table and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from reread.errors import ConfigError
from reread.insight.figures import matplotlib_
from reread.lab.cluster import ray_
from reread.lab.experiments.baseline import baseline_of
from reread.lab.experiments.experiment import Experiment, Job, jobs
from reread.lab.experiments.experiment_data import ExperimentData, read_experiment_data, sharing
from reread.lab.experiments.pool import OnProgress, Standing, Work, open_jobs, run_jobs
from reread.lab.experiments.records import read_records
from reread.lab.experiments.run import config_of
from reread.lab.experiments.vectors import Vectors, vectors_of
from reread.lab.experiments.write_up import Result, write_up
from reread.locks import lock
from reread.recipes.spec import ModelSpec, TrainingSettings, VectorSettings, spec_from
from reread.vectors.sources import WORD2VEC


class Watcher(Protocol):
    """Is told how an experiment goes."""

    def on_note(self, note: str) -> None:
        """One line about what was found or chosen."""

    def on_words(self, done: int, total: int) -> None:
        """While word vectors are trained."""

    def on_runs(self, standings: Mapping[str, Standing], ended: int, total: int) -> None:
        """While runs are trained."""


def compare(
    experiment: Experiment,
    data: Path | None,
    processes: int | None,
    watcher: Watcher,
    *,
    train: bool = True,
    ray: str | None = None,
) -> Result:
    """Do what is missing of an experiment, then write its tables and figures.

    Args:
        experiment: what to compare.
        data: the folder of the data files; None: beside the experiment, or in the cache.
        processes: runs at a time; None: one for each core.
        watcher: is told how it goes.
        train: False: only make tables and figures of the finished runs.
        ray: the Ray cluster that trains: auto or HOST:PORT; its machines share the experiment's folder and the data.

    Raises:
        ConfigError: a finished run was made by another configuration; a file is missing; there is no such cluster.
        DataError: a data file or a finished run is invalid.
        TrainingError: a run failed.
        MissingExtraError: matplotlib, which draws the figures, is not installed; or Ray, which is asked for.
    """
    if ray is not None:
        ray_()
    matplotlib_()  # if it is missing, fail before the runs
    experiment_data = read_experiment_data(experiment, data)
    tell(experiment_data, experiment, watcher.on_note)
    all_jobs = jobs(experiment)
    if train:
        baseline_of(experiment, experiment_data, train=True)
        known = vectors_of_jobs(experiment, experiment_data, all_jobs, watcher)
        check_records(experiment, experiment_data, all_jobs, known)
        missing = open_jobs(experiment, all_jobs)
        watcher.on_note(f"{len(all_jobs) - len(missing)} of {len(all_jobs)} trainings are done")
        if missing:
            work = Work(experiment, data, known, tuple(missing))
            run_jobs(work, processes, counted(watcher, len(missing)), watcher.on_note, ray)
    else:
        check_records(experiment, experiment_data, all_jobs, None)
    with lock(experiment.folder / ".locks", "tables", wait=True):
        return write_up(experiment, experiment_data, all_jobs)


def counted(watcher: Watcher, total: int) -> OnProgress:
    """Tells a watcher how many of so many trainings have ended."""

    def tell_runs(standings: Mapping[str, Standing], ended: int) -> None:
        watcher.on_runs(standings, ended, total)

    return tell_runs


def vectors_of_jobs(
    experiment: Experiment, experiment_data: ExperimentData, all_jobs: Sequence[Job], watcher: Watcher
) -> dict[str, Vectors]:
    """The vectors of each job that starts from some, by its name; each file is read once for all seeds of a cell."""
    cells: dict[tuple[str, str], Vectors | None] = {}
    for job in all_jobs:
        cell = job.model, job.settings[-1][0]
        if cell not in cells:
            recipe = experiment.recipe(*cell, job.seed)
            cells[cell] = vectors_of(experiment, experiment_data, recipe, watcher.on_note, watcher.on_words)
    known = {job.name: cells[job.model, job.settings[-1][0]] for job in all_jobs}
    return {name: vectors for name, vectors in known.items() if vectors is not None}


def tell(experiment_data: ExperimentData, experiment: Experiment, note: Callable[[str], None]) -> None:
    """Report what was read, and what looks wrong."""
    note(f"{len(experiment_data.train):,} training rows, {len(experiment_data.test):,} test rows")
    if experiment_data.shared:
        note(f"warning: {sharing(experiment_data)}")
    if experiment.data.unlabelled:
        note(
            f"{len(experiment_data.unlabelled):,} unlabelled texts; {experiment_data.dropped:,} dropped, "
            "as they are in test too"
        )


def check_records(
    experiment: Experiment,
    experiment_data: ExperimentData,
    all_jobs: Sequence[Job],
    vectors: Mapping[str, Vectors] | None,
) -> None:
    """Refuse to mix runs of different configurations.

    Args:
        experiment: the experiment as it is now.
        experiment_data: its data.
        all_jobs: its jobs.
        vectors: their vectors, by job; None: those of the finished runs.

    Raises:
        ConfigError: a finished run differs from the experiment as it is now.
    """
    finished = {record.name: record for record in read_records(experiment.runs)}
    for job in all_jobs:
        for (setting, _), name in zip(job.settings, job.runs(), strict=True):
            if name in finished:
                recipe = experiment.recipe(job.model, setting, job.seed)
                recorded = completed(finished[name].config)
                wanted = config_of(experiment, experiment_data, recipe, (vectors or {}).get(job.name))
                if vectors is None or made_alike(recipe.vectors):
                    wanted["vectors"]["checksum"] = recorded["vectors"]["checksum"]
                for config in (recorded, wanted):
                    del config["training"]["engine"]  # all engines train the same network; each record names its own
                difference = first_difference(recorded, wanted)
                if difference:
                    raise ConfigError(
                        f"{experiment.runs / name}.json was made with {difference}; undo the change, "
                        "or move the finished runs elsewhere"
                    )


def made_alike(settings: VectorSettings) -> bool:
    """Whether vectors are the same on every machine, but for the rounding of its processor: one worker made them here.

    The settings and the texts, which a record names too, say which they are; the table counts the files.
    """
    return settings.source == WORD2VEC and settings.deterministic


EARLIER = {"model": {"embedding_dropout_by": "position"}}
"""Values in effect before there was a setting, if they differ from its default."""


def completed(config: Mapping[str, Any]) -> dict[str, Any]:
    """A record's configuration, with the defaults of settings that came later."""
    kinds = {"model": ModelSpec, "training": TrainingSettings, "vectors": VectorSettings}
    config_with_defaults = dict(config)
    for name, kind in kinds.items():
        values = {key: value for key, value in _renamed(config[name]).items() if key != "checksum"}
        kept = {key: value for key, value in config[name].items() if key == "checksum"}
        config_with_defaults[name] = {**asdict(spec_from(kind, EARLIER.get(name, {}) | values, name)), **kept}
    return config_with_defaults


def _renamed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of older records by the names of today: ``perturbation`` is an option of the objectives that have it."""
    values = dict(settings)
    perturbation = values.pop("perturbation", None)
    if perturbation is not None and values.get("objective", "plain") != "plain":
        values["objective_options"] = {"perturbation": perturbation}
    return values


def first_difference(old: Any, new: Any, name: str = "") -> str:
    """The first setting that differs, with both values; empty if none does."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            difference = first_difference(old.get(key), new.get(key), f"{name}.{key}" if name else key)
            if difference:
                return difference
        return ""
    same = list(old) == list(new) if isinstance(old, list | tuple) and isinstance(new, list | tuple) else old == new
    return "" if same else f"{name} = {old!r}, the experiment now has {new!r}"
