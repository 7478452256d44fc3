"""The same runs of an experiment by torch and by the compiled kernel: are they apart by more than seeds are?

    python benchmarks/quality/engines.py --experiment experiments/imdb.toml --data FOLDER --cells bilstm_max:paper-3 --seeds 0 1 2

A run that the experiment has is taken as it is; its twin, the same model, setting and seed by the other engine, is trained into
EXPERIMENT/engines and kept: the same command goes on where it was stopped. Each pair is a line of benchmarks/results/engines_EXPERIMENT.jsonl: the
test accuracy of both in percent, their difference, the share of test rows that both answer alike. At last, a line tells the differences of each cell
beside the spread of its runs over seeds. Nothing is chosen here.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from reread.apps.cli.comparing import ExperimentView
from reread.errors import ConfigError
from reread.lab.experiments.compare import check_records, counted, vectors_of_jobs
from reread.lab.experiments.experiment import Experiment, Job, jobs, read_experiment, short_name
from reread.lab.experiments.experiment_data import ExperimentData, read_experiment_data
from reread.lab.experiments.pool import Work, open_jobs, run_jobs
from reread.lab.experiments.records import RunRecord, read_answers, read_records, run_name
from reread.machine import circumstances
from reread.statistics.bootstrap import bootstrap_interval
from reread.statistics.significance import paired_seeds

RESULTS = Path(__file__).resolve().parents[1] / "results"
TORCH, KERNEL = ENGINES = ("torch", "kernel")
Cell = tuple[str, str]
Line = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """A finished run and the folder that it is in."""

    record: RunRecord
    folder: Path


def twin_of(experiment: Experiment, engine: str) -> Experiment:
    """The same experiment with one engine for all runs, in a folder of its own."""
    models, settings = (
        tuple(str((experiment.path.parent / name).resolve()) if name.endswith(".toml") else name for name in names)
        for names in (experiment.models, experiment.settings)
    )
    tables = {**experiment.overrides, "training": {**experiment.overrides.get("training", {}), "engine": engine}}
    path = experiment.folder / "engines" / f"{engine}.toml"
    return replace(experiment, path=path, models=models, settings=settings, overrides=tables)


def finished(experiment: Experiment) -> dict[tuple[str, str], Kept]:
    """The runs that are there, by engine, of whatever level, and name: the experiment's own rather than its twins'."""
    sides = [*(twin_of(experiment, engine) for engine in ENGINES), experiment]
    return {
        (record.engine.partition("-")[0], record.name): Kept(record, side.runs)
        for side in sides
        for record in read_records(side.runs)
    }


def trainings(experiment: Experiment, cells: Iterable[Cell], without: Iterable[str] = ()) -> list[Job]:
    """The trainings of some cells, but for runs of these names."""
    wanted, done, found = set(cells), set(without), []
    for job in jobs(experiment):
        settings = [
            reading
            for reading, name in zip(job.settings, job.runs(), strict=True)
            if (short_name(job.model), short_name(reading[0])) in wanted and name not in done
        ]
        if settings:
            found.append(replace(job, settings=tuple(settings)))
    return found


def train_missing(
    experiment: Experiment, experiment_data: ExperimentData, cells: Sequence[Cell], work: Work, view: ExperimentView
) -> None:
    """Train what either engine lacks; ``work`` says where the data is."""
    found = trainings(experiment, cells)
    check_records(experiment, experiment_data, found, vectors_of_jobs(experiment, experiment_data, found, view))
    for engine in ENGINES:
        twin = twin_of(experiment, engine)
        done = [name for side, name in finished(experiment) if side == engine]
        check_records(twin, experiment_data, trainings(twin, cells), None)
        missing = open_jobs(twin, trainings(twin, cells, without=done))
        if missing:
            vectors = vectors_of_jobs(replace(twin, path=experiment.path), experiment_data, missing, view)
            work = replace(work, experiment=twin, vectors=vectors, jobs=tuple(missing))
            run_jobs(work, 1, counted(view, len(missing)), view.on_note)


def pair(runs: Mapping[tuple[str, str], Kept], name: str) -> Line:
    """What both engines made of one run."""
    sides = {engine: runs[engine, name] for engine in ENGINES}
    accuracy = {engine: 100 * kept.record.test_accuracy for engine, kept in sides.items()}
    labels = [read_answers(kept.folder, kept.record).labels for kept in sides.values()]
    record = sides[TORCH].record
    return {
        "model": record.model, "setting": record.setting, "seed": record.seed, "test_accuracy": accuracy,
        "difference": accuracy[KERNEL] - accuracy[TORCH], "answered_alike": float((labels[0] == labels[1]).mean()),
        "engines": {engine: kept.record.engine for engine, kept in sides.items()},
        "commits": {engine: kept.record.commit for engine, kept in sides.items()},
        "seconds": {engine: kept.record.seconds for engine, kept in sides.items()},
    }  # fmt: skip


def summed_up(experiment: Experiment, cell: Cell, pairs: Iterable[Line]) -> Line:
    """The differences of a cell, in points, beside the standard deviation of its runs over seeds."""
    own = [line for line in pairs if cell_of(line) == cell]
    differences = [line["difference"] for line in own]
    sides = {engine: {line["seed"]: line["test_accuracy"][engine] for line in own} for engine in ENGINES}
    runs = {engine: list(side.values()) for engine, side in sides.items()}
    runs["experiment"] = [
        100 * run.test_accuracy for run in read_records(experiment.runs) if (run.model, run.setting) == cell
    ]
    return {
        "model": cell[0], "setting": cell[1], "pairs": len(own), "mean_difference": float(np.mean(differences)),
        "interval": bootstrap_interval(differences) if len(own) > 1 else None,
        "p_value": paired_seeds(sides[KERNEL], sides[TORCH]).p_value,
        "std_over_seeds": {name: float(np.std(values, ddof=1)) for name, values in runs.items() if len(values) > 1},
        "runs": {name: len(values) for name, values in runs.items()},
    }  # fmt: skip


def cells_of(experiment: Experiment, names: Sequence[str]) -> list[Cell]:
    """MODEL:SETTING names as cells."""
    known = [(short_name(model), short_name(setting)) for model, setting in experiment.cells()]
    found = [(model, setting) for model, _, setting in (name.partition(":") for name in names)]
    for name, cell in zip(names, found, strict=True):
        if cell not in known:
            raise ConfigError(f'--cells "{name}": expected MODEL:SETTING of {experiment.path.name}, such as {":".join(known[0])}')  # fmt: skip
    return found


def compare(experiment: Experiment, data: Path, cells: Sequence[Cell], out: Path) -> list[Line]:
    """Train what is missing, seed by seed, and record each pair once; then what came of each cell."""
    experiment_data = read_experiment_data(experiment, data)
    with ExperimentView(quiet=False) as view:
        for seed in experiment.seeds:
            one = replace(experiment, seeds=(seed,))
            train_missing(one, experiment_data, cells, Work(one, data, {}, ()), view)
            runs, recorded = finished(one), {run_name(*cell_of(line), line["seed"]) for line in pairs_in(out)}
            for name in (run_name(*cell, seed) for cell in cells):
                if name not in recorded:
                    append(out, pair(runs, name))
    pairs = [line for line in pairs_in(out) if line["seed"] in experiment.seeds]
    summaries = [summed_up(experiment, cell, pairs) for cell in cells]
    append(out, {"experiment": experiment.path.name, "cells": summaries})
    return summaries


def cell_of(line: Line) -> Cell:
    """Model and setting of a pair."""
    return line["model"], line["setting"]


def pairs_in(out: Path) -> list[Line]:
    """The pairs that are recorded."""
    lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
    return [found for found in map(json.loads, lines) if "seed" in found]


def append(out: Path, line: Line) -> None:
    """One more line of the record."""
    with out.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**line, **circumstances()}) + "\n")


def told(found: Line) -> str:
    """A cell's differences in a sentence."""
    low, high = found["interval"] or (float("nan"),) * 2
    spreads = ", ".join(
        f"{value:.2f} ({name}, {found['runs'][name]} runs)" for name, value in found["std_over_seeds"].items()
    )
    return (
        f"{found['model']} under {found['setting']}: kernel - torch {found['mean_difference']:+.2f} points, 95 % interval [{low:+.2f}, {high:+.2f}], "
        f"{found['pairs']} pairs, p = {found['p_value']:.2f}; standard deviation over seeds: {spreads or 'of one run none'}"
    )


def main() -> None:
    """Compare the cells asked for, on one core; print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--experiment", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cells", nargs="+", required=True, metavar="MODEL:SETTING")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    experiment = replace(read_experiment(arguments.experiment), seeds=tuple(arguments.seeds))
    out = arguments.out or RESULTS / f"engines_{experiment.path.stem}.jsonl"
    for found in compare(experiment, arguments.data, cells_of(experiment, arguments.cells), out):
        print(told(found))


if __name__ == "__main__":
    main()
