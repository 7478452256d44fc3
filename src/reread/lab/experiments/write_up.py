"""Finished runs → the files of an experiment: tables and figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reread.errors import DataError
from reread.insight.figures import SUFFIXES
from reread.lab.experiments.baseline import Baseline, baseline_of
from reread.lab.experiments.experiment import Experiment, Job, short_name
from reread.lab.experiments.experiment_data import TARGET, ExperimentData, sharing
from reread.lab.experiments.figures import draw_curves
from reread.lab.experiments.observations import observed
from reread.lab.experiments.records import RunRecord, put, read_records, right_answers
from reread.lab.experiments.summary import BASELINE, Picture, Summary, summarise
from reread.lab.experiments.tables import tables
from reread.tasks import infer_task, tasks

SEEN = "Whether an observation was seen is decided by the means of the finished runs, without a statistical test."
HELD_OUT = "The linear baseline is trained on the rows held out for validation, too."


@dataclass(frozen=True)
class Result:
    """The result of an experiment so far."""

    records: Sequence[RunRecord]
    missing: int
    summary: Summary
    files: Sequence[Path]


def write_up(experiment: Experiment, experiment_data: ExperimentData, all_jobs: Sequence[Job]) -> Result:
    """Tables and figures of the finished runs."""
    wanted = {name for job in all_jobs for name in job.runs()}
    records = [record for record in read_records(experiment.runs) if record.name in wanted]
    baseline = baseline_of(experiment, experiment_data, train=False)
    summary = summarise(
        records,
        models=map(short_name, experiment.models),
        settings=map(short_name, experiment.all_settings),
        printed={
            (model, setting): value for model, row in experiment.printed.items() for setting, value in row.items()
        },
        baseline=baseline.test_accuracy if baseline is not None else None,
        right=right_of(experiment, experiment_data, records, baseline),
    )
    seen = [observed(records, observation) for observation in experiment.observations]
    figures, pictures, undrawn = draw_all(experiment, records)
    notes = [
        *summary.notes,
        *undrawn,
        *_remarks(experiment, experiment_data, baseline),
        *engines(records),
        *vector_files(records),
    ]
    summary = replace(summary, conclusions=(*summary.conclusions, *seen), notes=tuple(notes), pictures=tuple(pictures))
    files = [write_table(experiment, summary, name) for name in tables.names() if name != "terminal"]
    return Result(records, len(wanted) - len(records), summary, files + figures)


def right_of(
    experiment: Experiment, experiment_data: ExperimentData, records: Sequence[RunRecord], baseline: Baseline | None
) -> dict[str, NDArray[np.bool_]]:
    """Which test rows each run answered correctly, and the baseline if its answers are known."""
    labels = experiment_data.train.targets[TARGET]
    truth = tasks.get(infer_task(labels)).fit(labels).encode(experiment_data.test_labels)[:, 0]
    right = {record.name: right_answers(experiment.runs, record, truth) for record in records}
    if baseline is not None and baseline.predictions:
        right[BASELINE] = right_answers(experiment.folder, baseline, truth)
    return right


def _remarks(experiment: Experiment, experiment_data: ExperimentData, baseline: Baseline | None) -> list[str]:
    """Remarks for readers of the tables."""
    remarks = {
        SEEN: bool(experiment.observations),
        HELD_OUT: baseline is not None and experiment.data.validation > 0,
        f"{sharing(experiment_data)}.": experiment_data.shared > 0,
    }
    return [remark for remark, holds in remarks.items() if holds]


def engines(records: Iterable[RunRecord]) -> list[str]:
    """How many runs each engine trained; empty if there is no run."""
    counts = Counter(record.engine for record in records)
    trained = ", ".join(f"{count:,} by {engine}" for engine, count in sorted(counts.items()))
    apart = "; they train the same network and differ in rounding" if len(counts) > 1 else ""
    return [f"Runs trained by each engine: {trained}{apart}."] if counts else []


def vector_files(records: Iterable[RunRecord]) -> list[str]:
    """How many runs start from each of several files of word vectors; empty if there is one, or none."""
    files = [record.config.get("vectors", {}).get("checksum") for record in records]
    counts = Counter(file[:8] for file in files if file)
    each = ", ".join(f"{count:,} from {file}" for file, count in counts.most_common())
    return [f"Runs by the checksum of their word vectors: {each}."] if len(counts) > 1 else []


def write_table(experiment: Experiment, summary: Summary, name: str) -> Path:
    """Write the table in one format."""
    table = tables.get(name)()
    path = experiment.folder / f"table{table.suffix}"
    put(path, table.render(summary, experiment.title or experiment.path.stem).encode())
    return path


def draw_all(experiment: Experiment, records: Sequence[RunRecord]) -> tuple[list[Path], list[Picture], list[str]]:
    """The curves of every setting: files, pictures, and why a setting has none."""
    files, pictures, undrawn = [], [], []
    for setting in dict.fromkeys(record.setting for record in records):
        try:
            drawn = draw(experiment, records, setting)
        except DataError as error:
            undrawn.append(f"No figure of {setting}: {error}.")
            continue
        files += drawn
        svg = next(file for file in drawn if file.suffix == ".svg").read_bytes()
        pictures.append(Picture(f"Accuracy on the fixed sample against training iteration, {setting}", svg))
    return files, pictures, undrawn


def draw(experiment: Experiment, records: Sequence[RunRecord], setting: str) -> list[Path]:
    """Draw the curves of one setting."""
    title = f"{experiment.title or experiment.path.stem}, {setting}"
    files = [experiment.folder / f"curves-{setting}{suffix}" for suffix in SUFFIXES]
    for file in files:
        draw_curves(records, setting, file, models=map(short_name, experiment.models), title=title)
    return files
