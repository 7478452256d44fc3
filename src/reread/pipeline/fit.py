"""Examples → a fitted model, in one call: check, prepare, train."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from reread.data.examples import Examples
from reread.data.subset import Subset
from reread.errors import MissingExtraError

try:
    import torch  # noqa: F401  # so that its extra is named before anything else fails
except ModuleNotFoundError as missing:
    raise MissingExtraError("training", "train") from missing

from reread.pipeline.checks import check_plan
from reread.pipeline.fitted import Fitted
from reread.pipeline.keeping import keeping
from reread.pipeline.learning_curves import check_learning_curve, learning_curves
from reread.pipeline.machine_choices import resolve
from reread.pipeline.origin import Origin
from reread.pipeline.plan import Plan
from reread.pipeline.prepare import Pretrain, prepare
from reread.pipeline.pretrain_first import check_pretraining, pretrained_first
from reread.pipeline.run import Run
from reread.pipeline.self_training import check_self_training, self_train
from reread.pipeline.train import train
from reread.pipeline.unlabelled import check_unlabelled, for_unlabelled, learnable_texts, unsaid, without
from reread.pipeline.vectors import check_vectors
from reread.train.engine import described


def fit(examples: Examples, plan: Plan, run: Run | None = None, *, unlabelled: Iterable[str] | None = None) -> Fitted:
    """Train a model.

    Args:
        examples: what to learn from.
        plan: what to train.
        run: how the training is carried out.
        unlabelled: texts without targets, for what the plan's settings do with them; can be iterated several times.

    Raises:
        ConfigError: the plan cannot be built.
        DataError: the examples, or the word vectors, cannot be learned from.
        TrainingError: the loss is not finite, or the memory does not suffice.
    """
    run, plan = run or Run(), plan.trained_by(resolve(plan.recipe.training, plan.recipe.model))
    rows = examples.texts if run.workers.size == 1 else ()
    plan = for_unlabelled(keeping(plan), given=unlabelled is not None, rows=rows)
    check_plan(plan)
    check_learning_curve(plan)
    run.listener.on_note(described(plan.recipe.model, plan.recipe.training))
    check_unlabelled(plan, given=unlabelled is not None)
    check_pretraining(plan, run.workers.size)
    check_self_training(plan, run.workers.size)
    check_vectors(plan.recipe, run.vectors)
    prepared = prepare(examples, plan, run.listener, _pretraining(plan, run, unlabelled))
    curves = learning_curves(prepared, plan, run)
    texts = None if unlabelled is None else learnable_texts(prepared, unlabelled, run.listener.on_note)
    if texts is None or not plan.recipe.training.self_training:
        fitted = train(prepared, plan, run, unlabelled=texts)
    else:
        fitted = self_train(prepared, plan, run, texts, partial(train, unlabelled=texts))
    return replace(fitted, learning_curves=curves)


def _pretraining(plan: Plan, run: Run, unlabelled: Iterable[str] | None) -> Pretrain | None:
    """How the network is pretrained that the run starts from; None: it is not."""
    if not plan.pretrains:
        return None

    def pretrain(examples: Examples, train: NDArray[np.int64], validation: NDArray[np.int64]) -> Origin | None:
        note = unsaid if plan.pretrains_by_itself else run.listener.on_note  # whoever reads them next says it
        others = None if unlabelled is None else without(examples.keys[validation], unlabelled, note)
        return pretrained_first(Subset(examples.texts, train), examples.keys[train], others, plan, run)

    return pretrain
