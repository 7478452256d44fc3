"""Prepared rows → a fitted model: baseline, network, and the results of both on the rows held out."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from reread.bundle import LINEAR, NETWORK, STACK
from reread.data.seen import SeenTexts
from reread.data.subset import Subset
from reread.errors import TrainingError
from reread.model.stack import stacked
from reread.monitoring.reference import reference_of
from reread.pipeline.baseline import linear_member
from reread.pipeline.fitted import Fitted
from reread.pipeline.held_out import held_out, what_answers
from reread.pipeline.machine_choices import resolve
from reread.pipeline.network import fit_network, validation_scores
from reread.pipeline.plan import Plan
from reread.pipeline.precisions import state_precisions
from reread.pipeline.prepare import Prepared, facts
from reread.pipeline.pretrained import pretrained_facts
from reread.pipeline.run import Run, out_of_time
from reread.pipeline.stacking import fit_stack
from reread.pipeline.unlabelled import encoded_unlabelled
from reread.pipeline.validation import validate_scores
from reread.pipeline.vectors import start_of, starting_vectors, vector_facts
from reread.scoring.backends.torch import use_threads
from reread.scoring.calibration.learning import check_calibrates
from reread.scoring.decisions.learning import check_decides
from reread.train.amount import by_rows, described
from reread.train.losses import check_smoothing
from reread.train.memory import enough_memory
from reread.train.start import build_start


def train(prepared: Prepared, plan: Plan, run: Run | None = None, *, unlabelled: Iterable[str] | None = None) -> Fitted:
    """Train a model on prepared rows; other plans with the same targets and text settings can reuse the rows.

    Args:
        prepared: the rows, from `prepare`.
        plan: what to train.
        run: how the training is carried out.
        unlabelled: texts without targets, which word2vec reads besides the training rows, and each step if the
            settings say so.

    Raises:
        ConfigError: the plan does not fit the rows.
        DataError: the word vectors cannot be learned from.
        TrainingError: the loss is not finite, or the memory does not suffice.
    """
    plan, run = plan.trained_by(resolve(plan.recipe.training, plan.recipe.model)), run or Run()
    enough = enough_memory(TrainingError, "make batch_size, or a size of the network, smaller")
    with use_threads(plan.recipe.training.threads or 1), torch.random.fork_rng(devices=()), enough:
        return _train(prepared, plan, run, unlabelled)


def _train(prepared: Prepared, plan: Plan, run: Run, unlabelled: Iterable[str] | None) -> Fitted:
    rows = len(prepared.learned(prepared.train).rows)
    plan = plan.trained_by(by_rows(plan.recipe.training, rows, prepared.task.size)).for_task(prepared.task)
    run.listener.on_note(described(plan.recipe.training, rows))
    check_smoothing(prepared.task, plan.recipe.training.label_smoothing)
    check_calibrates(plan.calibration, prepared.task)
    if plan.decide is not None:
        check_decides(prepared.task)
    if plan.recipe.vectors.source is not None:
        run.listener.on_stage("word vectors")
    vectors = starting_vectors(prepared, plan, unlabelled or (), run)
    linear = linear_member(prepared, plan, run)
    saving = run.kept_free(len(prepared.texts))
    if out_of_time(run.deadline, saving) and not run.late:
        run.listener.on_note(
            "no time is left for training: the rows and the linear member used it, and saving takes about "
            f"{saving:.0f} s; training stops after one step, and the command may end late"
        )
    run.listener.on_stage("building the network")
    offsets = linear.scores if linear and plan.recipe.training.offset else None
    pretrained = prepared.pretrained
    if pretrained is None:
        start = start_of(vectors, prepared, plan)
    else:
        start = build_start("language_model", weights=pretrained.weights)
    others = encoded_unlabelled(prepared, plan.recipe.training, unlabelled or (), run.listener.on_note)
    net, state = fit_network(prepared, plan, run, start, offsets, unlabelled=others)
    run.listener.on_stage("measuring the network on the rows held out")
    scores = validation_scores(net, prepared, plan.recipe.training, offsets)
    on_top = linear is not None and offsets is not None and linear.platt_scaled
    network = validate_scores(prepared, plan, scores, platt_scaled=on_top)
    of_linear = (
        None
        if linear is None
        else validate_scores(prepared, plan, linear.scores.validation, platt_scaled=linear.platt_scaled)
    )
    stack = None
    if linear is not None:
        stack = fit_stack(prepared, plan, scores, linear.scores.validation, platt_scaled=linear.platt_scaled)
    answers = {NETWORK: (network, scores)}
    if linear is not None and of_linear is not None and stack is not None:
        answers[LINEAR] = of_linear, linear.scores.validation
        if stack.weights[NETWORK]:
            answers[STACK] = stack, stacked(linear.scores.validation, scores, stack.weights[NETWORK])
    part = what_answers(plan, answers)
    answering, of_answering = answers[part]
    return Fitted(
        plan=plan,
        task=prepared.task,
        encoder=prepared.encoder,
        net=net,
        baseline=None if linear is None else linear.model,
        network_result=network,
        baseline_result=of_linear,
        state=state,
        facts=facts(prepared),
        fingerprint=prepared.fingerprint,
        columns=prepared.columns,
        vectors=vector_facts(vectors, prepared, plan.recipe.vectors),
        pretrained=pretrained_facts(pretrained, prepared.encoder) if pretrained else {},
        stack=stack,
        precisions=state_precisions(
            net, prepared, network.postprocessor, plan, exact=scores, offset=offsets.validation if offsets else 0.0
        ),
        reference=reference_of(
            answering.postprocessor, Subset(prepared.encoded, prepared.validation), of_answering, part
        ),
        seen=SeenTexts.of(prepared.texts, prepared.train, prepared.validation),
        held_out=held_out(prepared, plan, answers),
    )
