"""Examples → a fitted model: prepare, baseline, network, loop."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, MissingExtraError, TrainingError

try:
    import torch
except ModuleNotFoundError as missing:
    raise MissingExtraError("training", "train") from missing

from reread.blend.linear import LinearModel, fit_linear
from reread.data.examples import Examples
from reread.data.seen import SeenTexts
from reread.estimators.blending import check_blend, fit_blend
from reread.estimators.fitted import Fitted
from reread.estimators.held_out import held_out
from reread.estimators.judging import check_rules, judge
from reread.estimators.machine_choices import SMALLER, resolve
from reread.estimators.plan import Plan
from reread.estimators.precisions import state_precisions
from reread.estimators.prepare import Prepared, Subset, facts, prepare
from reread.estimators.vectors import check_vectors, set_vectors, starting_vectors, vector_facts
from reread.export.onnx import network_graph
from reread.nn.model import TextNet, build_model
from reread.recipes.spec import TrainingSettings
from reread.scoring.backends.torch import TorchBackend, use_threads
from reread.scoring.calibration.learning import check_calibrates
from reread.scoring.decisions.learning import check_decides
from reread.scoring.reference import reference_of
from reread.scoring.scorer import Scorer
from reread.train.amount import by_rows, ended
from reread.train.amount import described as amount_of
from reread.train.engine import described, use_engine
from reread.train.listener import Listener, Silent
from reread.train.loop import Trainer
from reread.train.losses import Loss, build_loss, class_weights
from reread.train.memory import enough_memory
from reread.train.objectives import objectives
from reread.train.optimisers import build_optimisers
from reread.train.state import State, TrainingSet, Watch
from reread.train.workers import Workers
from reread.vectors.word_vectors import WordVectors
from reread.wording import number_of

BASELINE_SHARE = 0.25  # of a run's remaining time that the baseline may take
LOSS = "validation_loss"  # among the figures of an evaluation
SAVING_SECONDS = 10.0  # kept free at the end of a bounded run for the export and the files,
SAVING_SHARE = 0.02  # and this share of the time that training has: a busy machine is late by more in a longer run


@dataclass(frozen=True)
class Run:
    """How a training run is carried out; nothing in here changes a weight, but for a deadline that cuts it short.

    Attributes:
        listener: who is told how it goes.
        workers: this process's place among those that train together.
        checkpoint: where the run's state is kept.
        resume: go on from the checkpoint.
        deadline: `time.monotonic` by which everything, saving included, should be over.
        vectors: where the word vectors that the run starts from are kept.
        probes: what is called after a step of that number, with what answers at that moment.
    """

    listener: Listener = dataclasses.field(default_factory=Silent)
    workers: Workers = dataclasses.field(default_factory=Workers)
    checkpoint: Path | None = None
    resume: bool = False
    deadline: float | None = None
    vectors: Path | None = None
    probes: Mapping[int, Callable[[Scorer], None]] = dataclasses.field(default_factory=dict)


def fit(examples: Examples, plan: Plan, run: Run | None = None, *, unlabelled: Iterable[str] | None = None) -> Fitted:
    """Train a model.

    Args:
        examples: what to learn from.
        plan: what to train.
        run: how the training is carried out.
        unlabelled: texts that word2vec reads beside the training rows.

    Raises:
        ConfigError: the plan cannot be built.
        DataError: the examples, or the word vectors, cannot be learned from.
        TrainingError: the loss is not finite, or the memory does not suffice.
    """
    plan = plan.trained_by(resolve(plan.recipe.training, plan.recipe.model))
    enough = enough_memory(TrainingError, "make batch_size, or a size of the network, smaller")
    with use_threads(plan.recipe.training.threads or 1), torch.random.fork_rng(devices=()), enough:
        return _fit(examples, plan, run or Run(), unlabelled)


def _fit(examples: Examples, plan: Plan, run: Run, unlabelled: Iterable[str] | None) -> Fitted:
    settings = plan.recipe.training
    check_plan(plan)
    hopeless = out_of_time(run.deadline)  # whoever set the deadline knows it
    run.listener.on_note(described(plan.recipe.model, settings))
    check_vectors(plan.recipe, run.vectors, unlabelled)
    prepared = prepare(examples, plan, run.listener)
    rows = len(prepared.train)
    plan = plan.trained_by(by_rows(settings, rows))
    settings = plan.recipe.training
    run.listener.on_note(amount_of(settings, rows))
    check_calibrates(plan.calibration, prepared.task)
    if plan.decide is not None:
        check_decides(prepared.task)
    if plan.recipe.vectors.source is not None:
        run.listener.on_stage("word vectors")
    vectors = starting_vectors(
        prepared, plan, unlabelled or (),
        kept=run.vectors, workers=run.workers, note=run.listener.on_note, deadline=run.deadline,
    )  # fmt: skip
    baseline, baseline_scores = baseline_of(prepared, plan, run)
    if out_of_time(run.deadline) and not hopeless:
        run.listener.on_note(
            f"no time is left to train in: the rows and the baseline took it, and saving takes about {SAVING_SECONDS:.0f} s; one step is made, and the end comes late"
        )
    run.listener.on_stage("building the network")
    net, state = fit_network(prepared, plan, run, vectors)
    run.listener.on_stage("measuring the network on the rows held out")
    scores = validation_scores(net, prepared, settings)
    judged, baseline_judged = judge(prepared, plan, scores), judge(prepared, plan, baseline_scores)
    blend = fit_blend(prepared, plan, scores, baseline_scores) if plan.blend and len(baseline_scores) else None
    return Fitted(
        plan, prepared.task, prepared.encoder, net, baseline, judged, baseline_judged, state,
        facts(prepared), examples.fingerprint, examples.target_columns,
        vector_facts(vectors, prepared, plan.recipe.vectors), blend,
        state_precisions(net, prepared, judged.readout, plan, scores),
        reference_of(judged.readout, Subset(prepared.encoded, prepared.validation), scores),
        SeenTexts.of(prepared.texts, prepared.train, prepared.validation),
        held_out(prepared, (judged, scores), (baseline_judged, baseline_scores), blend),
    )  # fmt: skip


def check_plan(plan: Plan) -> None:
    """Build a small network, its optimisers and its export and look up the names, so that what is wrong is told before the data is worked on.

    Raises:
        ConfigError: the plan cannot be built.
        ExportError: a part of the network does not say how it is written as ONNX.
    """
    check_blend(plan)
    objectives.get(plan.recipe.training.objective)
    check_rules(plan)
    with enough_memory(ConfigError, SMALLER):
        net = build_model(plan.recipe.model, [2], 1)
        build_optimisers(net, plan.recipe.training)
        network_graph(net)


def baseline_of(prepared: Prepared, plan: Plan, run: Run) -> tuple[LinearModel | None, NDArray[np.float32]]:
    """The linear baseline, and its raw scores of the rows held out, if there are both, as it was trained on the training rows alone.

    One that is half of a blend is then trained again, on all rows: its figures and the blend's weights come of those scores, so nothing is chosen by
    what it learns of the rows held out. The network cannot follow: its best step is chosen by them.
    """
    none = np.zeros((0, prepared.task.size), dtype=np.float32)
    if not (plan.baseline and run.workers.leads):
        return None, none
    run.listener.on_stage("training the linear baseline")
    settings, share = plan.recipe.training, BASELINE_SHARE / (1 + plan.blend)
    baseline = fit_baseline(prepared, prepared.train, settings, _share_of_time(run.deadline, share))
    if not len(prepared.validation):
        return baseline, none
    scores = baseline.scores(Subset(prepared.texts, prepared.validation))
    if plan.blend:
        every_row = np.arange(len(prepared.texts))
        baseline = fit_baseline(prepared, every_row, settings, _share_of_time(run.deadline, share))
    return baseline, scores


def fit_baseline(
    prepared: Prepared, rows: NDArray[np.int64], settings: TrainingSettings, deadline: float | None
) -> LinearModel:
    """Train the linear baseline on some rows."""
    return fit_linear(
        Subset(prepared.texts, rows), prepared.encoded_targets[rows], prepared.task, prepared.encoder.settings.language,
        weights=prepared.weights[rows], seed=settings.seed, deadline=deadline,
    )  # fmt: skip


def _share_of_time(deadline: float | None, share: float) -> float | None:
    """When a share of the time that is left is over."""
    now = time.monotonic()
    return None if deadline is None else now + share * (deadline - now)


def fit_network(prepared: Prepared, plan: Plan, run: Run, vectors: WordVectors | None = None) -> tuple[TextNet, State]:
    """Build and train the network, from word vectors if there are any."""
    settings, task = plan.recipe.training, prepared.task
    torch.manual_seed(settings.seed)
    net = build_model(plan.recipe.model, [len(vocabulary) for vocabulary in prepared.encoder.vocabularies], task.size)
    if vectors is not None:
        set_vectors(net, prepared.encoder.vocabularies, vectors, frozen=plan.recipe.vectors.frozen)
    if settings.prior_bias:
        net.head.start_at(torch.from_numpy(prior_scores(prepared, settings)))
    net.to(settings.device)
    use_engine(net, settings.engine, settings.precision)
    rows = TrainingSet(
        Subset(prepared.encoded, prepared.train), prepared.encoded.lengths[prepared.train],
        prepared.encoded_targets[prepared.train], prepared.weights[prepared.train],
    )  # fmt: skip
    loss = _loss(prepared, settings)
    watch = Watch(
        lambda net: validate(net, prepared, settings, loss), task.headline, task.higher_is_better,
        tokens=int(prepared.encoded.lengths[prepared.validation].sum()), rows=len(prepared.validation),
        loss=LOSS if settings.watch_loss else None,
    )  # fmt: skip
    trainer = Trainer(
        net, loss, rows, watch if len(prepared.validation) else None, settings,
        workers=run.workers, listener=run.listener, checkpoint=run.checkpoint,
        deadline=None if run.deadline is None else _last_step(run.deadline),
        probes={step: partial(_probe, probe, net, prepared, settings) for step, probe in run.probes.items()},
    )  # fmt: skip
    if settings.earliest:
        epochs = f"{number_of(settings.epochs, 'epoch')} ({number_of(trainer.planned, 'step')})"
        run.listener.on_note(
            f"training ends after {epochs} or {number_of(settings.steps or 0, 'step')}, whichever is first"
        )
    if run.resume:
        trainer.resume()
    state = trainer.run()
    if ending := ended(settings, state):
        run.listener.on_note(ending)
    return net, state


def prior_scores(prepared: Prepared, settings: TrainingSettings) -> NDArray[np.float64]:
    """What a network that read nothing would best answer to the training rows, (scores,)."""
    encoded = prepared.encoded_targets[prepared.train]
    weights = class_weights(prepared.task, encoded, settings.class_weights)
    return prepared.task.prior_scores(encoded, prepared.weights[prepared.train], weights)


def out_of_time(deadline: float | None) -> bool:
    """Whether no time is left for a step if the model is to be saved by the deadline."""
    return deadline is not None and _last_step(deadline) <= time.monotonic()


def _last_step(deadline: float) -> float:
    """When training must end for the model to be saved by the deadline."""
    return deadline - SAVING_SECONDS - SAVING_SHARE * max(0.0, deadline - time.monotonic())


def _loss(prepared: Prepared, settings: TrainingSettings) -> Loss:
    options = {"label_smoothing": settings.label_smoothing} if settings.label_smoothing else {}
    weights = class_weights(prepared.task, prepared.encoded_targets[prepared.train], settings.class_weights)
    return build_loss(prepared.task, weights, **options).to(settings.device)


def validate(net: TextNet, prepared: Prepared, settings: TrainingSettings, loss: Loss) -> dict[str, float]:
    """The task's metrics on the rows held out, and, where it is watched, the mean loss."""
    scores, weights = validation_scores(net, prepared, settings), prepared.validation_weights
    metrics = prepared.task.metrics(prepared.validation_targets, scores, weights)
    if not settings.watch_loss:
        return metrics
    encoded = prepared.encoded_targets[prepared.validation]
    with torch.no_grad():
        losses = loss(*(torch.from_numpy(array).to(settings.device) for array in (scores, encoded))).cpu().numpy()
    return {**metrics, LOSS: float(np.average(losses, weights=weights))}


def validation_scores(net: TextNet, prepared: Prepared, settings: TrainingSettings) -> NDArray[np.float32]:
    """The network's raw scores of the rows held out, (rows, scores)."""
    return network_scorer(net, prepared, settings).score_ids(Subset(prepared.encoded, prepared.validation))


def network_scorer(net: TextNet, prepared: Prepared, settings: TrainingSettings) -> Scorer:
    """What answers with a network in training."""
    return Scorer(
        prepared.encoder, prepared.task, TorchBackend(net), window=settings.window, max_tokens=settings.max_tokens
    )


def _probe(probe: Callable[[Scorer], None], net: TextNet, prepared: Prepared, settings: TrainingSettings) -> None:
    # Made afresh: it holds a copy of the start states, which are learned.
    probe(network_scorer(net, prepared, settings))
