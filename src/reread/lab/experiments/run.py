"""One training of an experiment → its finished runs on disk."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np

from reread.lab.experiments.experiment import Experiment, Job, short_name
from reread.lab.experiments.experiment_data import TARGET, ExperimentData
from reread.lab.experiments.records import RunRecord, run_name
from reread.lab.experiments.vectors import Vectors
from reread.machine import commit, machine, versions
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.machine_choices import resolve
from reread.pipeline.plan import Plan, label_plan
from reread.pipeline.run import Run
from reread.recipes import Recipe
from reread.scoring.calibration import NONE
from reread.scoring.scorer import Scorer
from reread.train.listener import Listener


def plan_of(experiment: Experiment, experiment_data: ExperimentData, recipe: Recipe, vectors: Vectors | None) -> Plan:
    """What a run trains."""
    if vectors is not None:
        recipe = replace(recipe, vectors=replace(recipe.vectors, source=str(vectors.path)))
    return Plan(
        recipe=recipe,
        targets={TARGET: label_plan(TARGET, experiment_data.train.targets[TARGET])},
        language=experiment.data.language,
        baseline=False,
        calibration=NONE,
    )


def config_of(
    experiment: Experiment, experiment_data: ExperimentData, recipe: Recipe, vectors: Vectors | None
) -> dict[str, Any]:
    """All that determines a run's result on one machine; equal for the same run of a resumed experiment."""
    return {
        "text": dict(recipe.text),
        "model": asdict(recipe.model),
        "training": asdict(recipe.training),
        "vectors": {**asdict(recipe.vectors), "checksum": vectors.checksum if vectors is not None else None},
        "select": experiment.select,
        "data": {**asdict(experiment.data), **experiment_data.identity()},
        "curve": asdict(experiment.curve),
    }


def train(
    job: Job, experiment: Experiment, experiment_data: ExperimentData, vectors: Vectors | None, listener: Listener
) -> list[RunRecord]:
    """Train a job, and write each of its missing runs as soon as it is finished.

    Raises:
        ConfigError: a recipe that cannot be built.
        TrainingError: the loss is not finite.
        BundleError: the folder cannot be written.
    """
    return _Training(job, experiment, experiment_data, vectors).run(listener)


@dataclass
class _Training:
    """A training under way."""

    job: Job
    experiment: Experiment
    experiment_data: ExperimentData
    vectors: Vectors | None

    def __post_init__(self) -> None:
        curve = self.experiment.curve
        self.rows = self.experiment_data.sample(curve.rows, curve.seed)
        self.sample = [self.experiment_data.test.texts[int(row)] for row in self.rows]
        self.sample_labels = [self.experiment_data.test_labels[int(row)] for row in self.rows]
        self.curve: list[dict[str, Any]] = []
        self.records: list[RunRecord] = []
        self.engine = ""  # chosen when the training starts
        self.started = time.monotonic()

    def run(self, listener: Listener) -> list[RunRecord]:
        """Train to the end of the last setting."""
        recipe = self._recipe(self.job.settings[-1][0])
        steps = recipe.training.steps
        last = steps or 10**9
        probes = {step: partial(self._read_curve, step) for step in self._curve_steps(last)}
        for step, readings in groupby(self.job.settings[:-1], key=lambda reading: reading[1] or last):
            probes[step] = partial(self._finish_early, [setting for setting, _ in readings], step)
        plan = plan_of(self.experiment, self.experiment_data, recipe, self.vectors)
        plan = plan.trained_by(resolve(recipe.training, recipe.model))
        self.engine = plan.recipe.training.engine
        fitted = fit(self.experiment_data.train, plan, Run(listener=listener, probes=probes))
        self._finish(self.job.settings[-1][0], fitted.state.step, fitted.scorer(), fitted)
        return self.records

    def _recipe(self, setting: str) -> Recipe:
        return self.experiment.recipe(self.job.model, setting, self.job.seed)

    def _curve_steps(self, last: int) -> range:
        return range(self.experiment.curve.every, min(last, 10**6) + 1, self.experiment.curve.every)

    def _read_curve(self, step: int, scorer: Scorer) -> None:
        figures = metrics(scorer, self.sample, self.sample_labels)[0]
        self.curve.append({"iteration": step, "accuracy": figures["accuracy"]})

    def _finish_early(self, settings: list[str], step: int, scorer: Scorer) -> None:
        """Finish the runs of shorter settings, whose last step this is."""
        if step % self.experiment.curve.every == 0:
            self._read_curve(step, scorer)
        for setting in settings:
            self._finish(setting, step, scorer, None)

    def _finish(self, setting: str, step: int, scorer: Scorer, fitted: Fitted | None) -> None:
        name = run_name(short_name(self.job.model), short_name(setting), self.job.seed)
        if (self.experiment.runs / f"{name}.json").exists():
            return
        figures, probabilities = metrics(scorer, self.experiment_data.test.texts, self.experiment_data.test_labels)
        record = RunRecord(
            model=short_name(self.job.model),
            setting=short_name(setting),
            seed=self.job.seed,
            iterations=step,
            test_accuracy=figures["accuracy"],
            test_metrics=defined(figures),
            validation=defined(fitted.validation) if fitted is not None else {},
            curve=list(self.curve),
            seconds=round(time.monotonic() - self.started, 1),
            memory_mib=peak_memory(),
            commit=commit(),
            machine=machine(),
            versions=versions() | {"engine": self.engine},
            config=config_of(self.experiment, self.experiment_data, self._recipe(setting), self.vectors),
            read_from="" if fitted is not None else self.job.name,
        )
        self.records.append(record.write(self.experiment.runs, probabilities))


def metrics(scorer: Scorer, texts: Any, labels: list[Any]) -> tuple[dict[str, float], Any]:
    """The metrics of some rows, and the probabilities behind them, (rows, classes)."""
    scores = scorer.scores(texts)
    return scorer.task.metrics(labels, scores), scorer.task.probabilities(scores)


def defined(values: Mapping[str, float]) -> dict[str, float]:
    """The metrics that are finite, for JSON."""
    return {key: float(value) for key, value in values.items() if np.isfinite(value)}


def peak_memory() -> float:
    """The largest memory this process has used, in MiB; 0 if the system does not report it."""
    if sys.platform == "win32":
        return 0.0
    import resource  # noqa: PLC0415  # there is none on Windows

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2), 1)
