"""The network of a training run: built, started, trained, measured."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray

from reread.data.subset import Subset
from reread.nn.model import TextNet, build_model
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.run import Run, last_step_at
from reread.recipes.spec import TrainingSettings
from reread.scoring.backends.torch import TorchBackend
from reread.scoring.scorer import Scorer
from reread.train.amount import ended
from reread.train.augment import Augment, Options, Words, augmentations, build_augment
from reread.train.engine import use_engine
from reread.train.loop import Trainer
from reread.train.losses import Loss, build_loss, class_weights
from reread.train.objectives import build_objective
from reread.train.start import Start, build_start
from reread.train.state import State, TrainingSet, Unlabelled, Watch
from reread.wording import number_of

LOSS = "validation_loss"  # among the figures of an evaluation


@dataclass(frozen=True)
class Offsets:
    """What is added to the scores of a network that learns what another model leaves.

    Attributes:
        train: for each training row, by a model that has not seen it, (rows, scores); no rows if there are none.
        validation: for each row held out, (rows, scores).
    """

    train: NDArray[np.float32]
    validation: NDArray[np.float32]


def fit_network(
    prepared: Prepared,
    plan: Plan,
    run: Run,
    start: Start,
    offsets: Offsets | None = None,
    *,
    unlabelled: Unlabelled | None = None,
    augment: Augment | None = None,
    earlier: NDArray[np.float32] | None = None,
) -> tuple[TextNet, State]:
    """Build and train the network.

    Args:
        prepared: the rows.
        plan: the network and its training.
        run: how it is carried out.
        start: what the network's weights are before the first step.
        offsets: what is added to its scores, if it learns what another model leaves.
        unlabelled: texts without targets that each step reads too.
        augment: changes the texts of the training rows each time they are read.
        earlier: what a model whose labels are kept says of them, (rows, scores).
    """
    settings = plan.recipe.training
    rows = _training_set(prepared, offsets, unlabelled, augment, earlier)
    net, trainer = _opened(rows, prepared, plan, run=run, start=start, offsets=offsets)
    if settings.earliest:
        epochs = f"{number_of(settings.epochs, 'epoch')} ({number_of(trainer.planned, 'step')})"
        run.listener.on_note(
            f"training ends after {epochs} or {number_of(settings.steps or 0, 'step')}, whichever is first"
        )
    if run.resume:
        trainer.resume()
    state = trainer.run()
    if ending := ended(settings, state, run.part):
        run.listener.on_note(ending)
    return net, state


def started_network(prepared: Prepared, plan: Plan, start: Start, *, alone: bool = True) -> TextNet:
    """The network before the first step, on its device, with its engine; on top of another model it adds 0."""
    settings, task = plan.recipe.training, prepared.task
    torch.manual_seed(settings.seed)
    net = build_model(plan.recipe.model, [len(vocabulary) for vocabulary in prepared.encoder.vocabularies], task.size)
    start.begin(net)
    if not alone:
        net.head.start_at_zero()
    elif settings.prior_bias and not start.begins_head:
        net.head.start_at(torch.from_numpy(prior_scores(prepared, settings)))
    net.to(settings.device)
    use_engine(net, settings.engine, settings.precision)
    return net


def _training_set(
    prepared: Prepared,
    offsets: Offsets | None,
    unlabelled: Unlabelled | None,
    augment: Augment | None,
    earlier: NDArray[np.float32] | None,
) -> TrainingSet:
    learned = prepared.weighted(prepared.train)
    return TrainingSet(
        Subset(prepared.encoded, learned.rows),
        prepared.encoded.lengths[learned.rows],
        learned.targets,
        learned.weights,
        None if offsets is None else offsets.train,
        unlabelled,
        augment,
        earlier,
    )


def _opened(
    rows: TrainingSet, prepared: Prepared, plan: Plan, *, run: Run, start: Start, offsets: Offsets | None = None
) -> tuple[TextNet, Trainer]:
    """The network before the first step, and what trains it."""
    settings, task = plan.recipe.training, prepared.task
    net, loss = started_network(prepared, plan, start, alone=offsets is None), _loss(prepared, settings)
    watch = Watch(
        evaluate=lambda net: validate(net, prepared, settings, loss, offsets),
        metric=task.headline,
        higher_is_better=task.higher_is_better,
        tokens=int(prepared.encoded.lengths[prepared.validation].sum()),
        rows=len(prepared.validation),
        loss=LOSS if settings.watch_loss else None,
    )
    kept_free = run.kept_free(len(prepared.texts), sum(each.numel() for each in net.parameters()))
    trainer = Trainer(
        net,
        build_objective(net, loss, settings),
        rows,
        watch if len(prepared.validation) else None,
        settings,
        taken_over=start.parts,
        pretrained=start.pretrained,
        workers=run.workers,
        listener=run.listener,
        checkpoint=run.checkpoint,
        deadline=None if run.deadline is None else last_step_at(run.deadline, kept_free),
        probes={step: partial(_probe, probe, net, prepared, settings) for step, probe in run.probes.items()},
    )
    return net, trainer


def rehearsed(prepared: Prepared, plan: Plan, seconds: float) -> tuple[float, float]:
    """How fast a network like that of the plan learns and is evaluated, measured for some seconds each.

    Args:
        prepared: a sample of the rows.
        plan: the network and its training.
        seconds: of each of the two.

    Returns:
        Seconds for each word that is learned from, and for each word of the rows held out.
    """
    settings = replace(plan.recipe.training, offset=False)
    augment = build_augment(_without_vectors(settings.augment), Words(prepared.encoder))
    rows = _training_set(prepared, None, _as_unlabelled(prepared, settings), augment, None)
    rows = replace(rows, earlier=np.zeros((len(rows.lengths), prepared.task.size), np.float32))
    net, trainer = _opened(rows, prepared, plan.trained_by(settings), run=Run(), start=build_start("random"))
    learning = trainer.rehearse(seconds)
    if not len(prepared.validation):
        return learning, 0.0
    net.eval()
    validate(net, prepared, settings, _loss(prepared, settings))  # the first time is slower
    started = time.monotonic()
    validate(net, prepared, settings, _loss(prepared, settings))
    words = int(prepared.encoded.lengths[prepared.validation].sum())
    return learning, (time.monotonic() - started) / max(1, words)


def _without_vectors(options: Options) -> Options:
    """Those augmentations that do without word vectors, which are not there yet."""
    return {name: each for name, each in options.items() if not augmentations.get(name).needs_vectors}


def _as_unlabelled(prepared: Prepared, settings: TrainingSettings) -> Unlabelled | None:
    """Training rows in place of texts without targets, if each step reads some."""
    size = settings.unlabelled_batch
    if not size:
        return None
    texts = Subset(prepared.encoded, prepared.train)
    return Unlabelled(texts, prepared.encoded.lengths[prepared.train], size, settings.unlabelled_weight)


def prior_scores(prepared: Prepared, settings: TrainingSettings) -> NDArray[np.float64]:
    """The best scores for the training rows without reading them, (scores,)."""
    learned = prepared.weighted(prepared.train)
    weights = class_weights(prepared.task, learned.targets, settings.class_weights)
    return prepared.task.prior_scores(learned.targets, learned.weights, weights)


def _loss(prepared: Prepared, settings: TrainingSettings) -> Loss:
    options = {"label_smoothing": settings.label_smoothing} if settings.label_smoothing else {}
    targets = prepared.weighted(prepared.train).targets
    weights = class_weights(prepared.task, targets, settings.class_weights)
    return build_loss(prepared.task, weights, **options).to(settings.device)


def validate(
    net: TextNet, prepared: Prepared, settings: TrainingSettings, loss: Loss, offsets: Offsets | None = None
) -> dict[str, float]:
    """The task's metrics on the rows held out, and the mean loss if ``watch_loss`` is set."""
    scores, weights = validation_scores(net, prepared, settings, offsets), prepared.validation_weights
    metrics = prepared.task.metrics(prepared.validation_targets, scores, weights)
    if not settings.watch_loss:
        return metrics
    encoded = prepared.encoded_targets[prepared.validation]
    with torch.no_grad():
        losses = loss(*(torch.from_numpy(array).to(settings.device) for array in (scores, encoded))).cpu().numpy()
    return {**metrics, LOSS: float(np.average(losses, weights=weights))}


def validation_scores(
    net: TextNet, prepared: Prepared, settings: TrainingSettings, offsets: Offsets | None = None
) -> NDArray[np.float32]:
    """The network's raw scores of the rows held out, with what is added to them, (rows, scores)."""
    scores = network_scorer(net, prepared, settings).score_ids(Subset(prepared.encoded, prepared.validation))
    return scores if offsets is None else scores + offsets.validation


def network_scorer(net: TextNet, prepared: Prepared, settings: TrainingSettings) -> Scorer:
    """A scorer with a network in training."""
    return Scorer(
        prepared.encoder, prepared.task, TorchBackend(net), window=settings.window, max_tokens=settings.max_tokens
    )


def _probe(probe: Callable[[Scorer], None], net: TextNet, prepared: Prepared, settings: TrainingSettings) -> None:
    # Made afresh: it holds a copy of the start states, which are learned.
    probe(network_scorer(net, prepared, settings))
