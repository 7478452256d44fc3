"""Prepared rows → the learning curve of each target."""

from __future__ import annotations

import numpy as np

from reread.baseline.learning_curve.curve import LearningCurve, curve_of
from reread.baseline.learning_curve.enough import too_few
from reread.baseline.learning_curve.measuring import Rows, measure
from reread.errors import ConfigError, DataError
from reread.machine import available_cores
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.progress import progress_notes
from reread.pipeline.run import Run
from reread.pipeline.stacking import learns_linearly
from reread.pipeline.vectors import given_vectors

SHARE = 0.25  # of a run's time that the curve may take


def check_learning_curve(plan: Plan) -> None:
    """Refuse a curve that cannot be had, before work on the data begins.

    Raises:
        ConfigError: there is no linear member, whose curve it is, it cannot learn a target, or a target has several
            labels a text.
    """
    if not plan.learning_curve:
        return
    if not plan.baseline:
        raise ConfigError(
            "learning_curve=True with baseline=False: the curve is that of the linear member; train that too, or leave "
            "the curve out"
        )
    if not learns_linearly(plan):
        raise ConfigError("learning_curve=True: the linear member learns no quantiles; leave the curve out")
    if any(target.task == "multilabel" for target in plan.targets.values()):
        raise ConfigError(
            "learning_curve=True: what more texts with several labels would bring cannot be foretold yet; leave the "
            "curve out"
        )


def learning_curves(prepared: Prepared, plan: Plan, run: Run) -> list[LearningCurve]:
    """What more labels would bring, for each target; empty if the plan does not ask, or there is no time.

    Raises:
        DataError: the rows are too few.
    """
    if not plan.learning_curve or not run.workers.leads:
        return []
    rows = _rows(prepared, plan)
    why = too_few(rows)
    if why:
        raise DataError(f"learning_curve=True: {why}")
    run.listener.on_stage("measuring the learning curve")
    settings, texts = plan.recipe.training, len(prepared.texts)
    deadline = run.share_of_time(SHARE, texts)
    threads = settings.threads or available_cores()
    progress = progress_notes(run.listener.on_note, "learning curve", "trainings")
    measured = measure(rows, seed=settings.seed, threads=threads, deadline=deadline, on_progress=progress)
    if not measured:
        run.listener.on_note("no time was left to measure a learning curve; a longer time limit leaves some")
        return []
    tasks = rows.task.parts or {"": rows.task}
    curves = []
    for name, metric in rows.headlines().items():
        if measured[name].defined:
            better = tasks[name].higher_is_better
            curves.append(curve_of(measured[name], texts, metric, higher_is_better=better, target=name))
        else:
            of = f" of {name}" if name else ""
            run.listener.on_note(f"no learning curve{of}: {metric} is undefined on some parts of the rows")
    return curves


def _rows(prepared: Prepared, plan: Plan) -> Rows:
    return Rows(
        texts=prepared.texts,
        keys=prepared.keys,
        targets=prepared.targets,
        encoded=prepared.encoded_targets,
        task=prepared.task,
        language=prepared.encoder.settings.language,
        learned=prepared.weighted(np.arange(len(prepared.texts))),
        weights=prepared.weights,
        groups=prepared.groups,
        vectors=given_vectors(prepared, plan),
    )
