"""The linear baseline of a training run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread.baseline.linear import LinearModel, fit_linear
from reread.data.subset import Subset
from reread.pipeline.plan import Plan
from reread.pipeline.prepare import Prepared
from reread.pipeline.run import Run, share_of_time
from reread.recipes.spec import TrainingSettings

SHARE = 0.25  # of a run's remaining time that the baseline may take


def baseline_of(prepared: Prepared, plan: Plan, run: Run) -> tuple[LinearModel | None, NDArray[np.float32]]:
    """The linear baseline, and the raw scores it gives the rows held out after training on the training rows alone.

    The baseline of a blend is then trained again, on all rows. Its figures and the blend's weights come from the
    scores before that, so what it learns from the rows held out influences no choice. The network cannot do the same,
    since these rows choose its best step.
    """
    none = np.zeros((0, prepared.task.size), dtype=np.float32)
    if not (plan.baseline and run.workers.leads):
        return None, none
    run.listener.on_stage("training the linear baseline")
    settings, share = plan.recipe.training, SHARE / (1 + plan.blend)
    baseline = fit_baseline(prepared, prepared.train, settings, share_of_time(run.deadline, share))
    if not len(prepared.validation):
        return baseline, none
    scores = baseline.scores(Subset(prepared.texts, prepared.validation))
    if plan.blend:
        every_row = np.arange(len(prepared.texts))
        baseline = fit_baseline(prepared, every_row, settings, share_of_time(run.deadline, share))
    return baseline, scores


def fit_baseline(
    prepared: Prepared, rows: NDArray[np.int64], settings: TrainingSettings, deadline: float | None
) -> LinearModel:
    """Train the linear baseline on some rows."""
    return fit_linear(
        Subset(prepared.texts, rows),
        prepared.encoded_targets[rows],
        prepared.task,
        prepared.encoder.settings.language,
        weights=prepared.weights[rows],
        seed=settings.seed,
        deadline=deadline,
    )
