"""An experiment from its TOML file to table and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from reread.errors import ConfigError
from reread.lab.experiments.baseline import baseline_of
from reread.lab.experiments.experiment import Experiment, Job, jobs, short_name
from reread.lab.experiments.figures import SUFFIXES, draw_curves
from reread.lab.experiments.material import TARGET, Material, read_material
from reread.lab.experiments.observations import observed
from reread.lab.experiments.pool import OnProgress, Standing, Work, open_jobs, run_jobs
from reread.lab.experiments.records import RunRecord, put, read_records, right_answers
from reread.lab.experiments.run import config_of
from reread.lab.experiments.summary import Summary, summarise
from reread.lab.experiments.tables import tables
from reread.lab.experiments.vectors import Vectors, vectors_of
from reread.recipes.spec import ModelSpec, TrainingSettings, VectorSettings, spec_from
from reread.tasks import infer_task, tasks


class Watcher(Protocol):
    """Who is told how an experiment goes."""

    def on_note(self, note: str) -> None:
        """One line about what was found or chosen."""

    def on_words(self, done: int, total: int) -> None:
        """While word vectors are trained."""

    def on_runs(self, standings: Mapping[str, Standing], ended: int, total: int) -> None:
        """While runs are trained."""


@dataclass(frozen=True)
class Result:
    """What an experiment has come to."""

    records: Sequence[RunRecord]
    missing: int
    summary: Summary
    files: Sequence[Path]


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
    """
    material = read_material(experiment, data)
    tell(material, experiment, watcher.on_note)
    found = jobs(experiment)
    if train:
        baseline_of(experiment, material)
        vectors = {job.name: _vectors(job, experiment, material, watcher) for job in found}
        known = {name: file for name, file in vectors.items() if file is not None}
        check_records(experiment, material, found, known)
        missing = open_jobs(experiment, found)
        watcher.on_note(f"{len(found) - len(missing)} of {len(found)} trainings are done")
        if missing:
            work = Work(experiment, data, known, tuple(missing))
            run_jobs(work, min(processes, len(missing)), _counted(watcher, len(missing)))
    return write_up(experiment, material, found)


def _counted(watcher: Watcher, total: int) -> OnProgress:
    def tell_runs(standings: Mapping[str, Standing], ended: int) -> None:
        watcher.on_runs(standings, ended, total)

    return tell_runs


def _vectors(job: Job, experiment: Experiment, material: Material, watcher: Watcher) -> Vectors | None:
    recipe = experiment.recipe(job.model, job.settings[-1][0], job.seed)
    return vectors_of(experiment, material, recipe, watcher.on_note, watcher.on_words)


def tell(material: Material, experiment: Experiment, note: Callable[[str], None]) -> None:
    """Say what was read, and what is not as it should be."""
    note(f"{len(material.train):,} training rows, {len(material.test):,} test rows")
    if material.shared:
        note(f"warning: {material.shared:,} texts stand in train and in test; test figures are a little too high")
    if experiment.data.unlabelled:
        note(f"{len(material.unlabelled):,} unlabelled texts; {material.dropped:,} dropped, as they stand in test")


def check_records(
    experiment: Experiment, material: Material, found: Sequence[Job], vectors: Mapping[str, Vectors]
) -> None:
    """Refuse to mix runs of different configurations.

    Raises:
        ConfigError: a finished run differs from what the experiment says now.
    """
    finished = {record.name: record for record in read_records(experiment.runs)}
    for job in found:
        for (setting, _), name in zip(job.settings, job.runs(), strict=True):
            if name in finished:
                recipe = experiment.recipe(job.model, setting, job.seed)
                wanted = config_of(experiment, material, recipe, vectors.get(job.name))
                difference = first_difference(completed(finished[name].config), wanted)
                if difference:
                    raise ConfigError(
                        f"{experiment.runs / name}.json was made with {difference}; undo the change, or move the finished runs elsewhere"
                    )


def completed(config: Mapping[str, Any]) -> dict[str, Any]:
    """A record's configuration, with the defaults of settings that came later."""
    kinds = {"model": ModelSpec, "training": TrainingSettings, "vectors": VectorSettings}
    found = dict(config)
    for name, kind in kinds.items():
        values = {key: value for key, value in config[name].items() if key != "checksum"}
        kept = {key: value for key, value in config[name].items() if key == "checksum"}
        found[name] = {**asdict(spec_from(kind, values, name)), **kept}
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


def write_up(experiment: Experiment, material: Material, found: Sequence[Job]) -> Result:
    """Tables and figures of the runs that are there."""
    wanted = {name for job in found for name in job.runs()}
    records = [record for record in read_records(experiment.runs) if record.name in wanted]
    baseline = baseline_of(experiment, material)
    labels = material.train.targets[TARGET]
    truth = tasks.get(infer_task(labels)).fit(labels).encode(material.test_labels)[:, 0]
    summary = summarise(
        records,
        models=map(short_name, experiment.models),
        settings=map(short_name, experiment.all_settings),
        printed={
            (model, setting): value for model, row in experiment.printed.items() for setting, value in row.items()
        },
        baseline=baseline["test_metrics"] if baseline is not None else None,
        right={record.name: right_answers(experiment.runs, record, truth) for record in records},
    )
    seen = tuple(observed(records, told) for told in experiment.observations)
    summary = replace(summary, conclusions=(*summary.conclusions, *seen))
    files = [write_table(experiment, summary, name) for name in tables.names() if name != "terminal"]
    for setting in dict.fromkeys(record.setting for record in records):
        files += draw(experiment, records, setting)
    return Result(records, len(wanted) - len(records), summary, files)


def write_table(experiment: Experiment, summary: Summary, name: str) -> Path:
    """Write the table in one format."""
    table = tables.get(name)()
    path = experiment.folder / f"table{table.suffix}"
    put(path, table.render(summary, experiment.title or experiment.path.stem).encode())
    return path


def draw(experiment: Experiment, records: Sequence[RunRecord], setting: str) -> list[Path]:
    """Draw the curves of one setting."""
    title = f"{experiment.title or experiment.path.stem}, {setting}"
    files = [experiment.folder / f"curves-{setting}{suffix}" for suffix in SUFFIXES]
    for file in files:
        draw_curves(records, setting, file, models=map(short_name, experiment.models), title=title)
    return files
