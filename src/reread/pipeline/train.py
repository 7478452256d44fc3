"""Prepared rows → a fitted model: baseline, network, and the results of both on the rows held out."""

from __future__ import annotations

from typing import Any

import torch

from reread.data.learnable import LearnableTexts
from reread.data.seen import SeenTexts
from reread.data.subset import Subset
from reread.errors import TrainingError
from reread.monitoring.reference import reference_of
from reread.pipeline.baseline import LinearMember, kept_scores, linear_member
from reread.pipeline.fitted import Fitted
from reread.pipeline.forecast.telling import tell as forecast
from reread.pipeline.held_out import held_out, what_answers
from reread.pipeline.keeping import earlier_answers
from reread.pipeline.machine_choices import resolve
from reread.pipeline.members import measure_members
from reread.pipeline.network import fit_network, validation_scores
from reread.pipeline.plan import Plan
from reread.pipeline.precisions import state_precisions
from reread.pipeline.prepared import Prepared, facts
from reread.pipeline.run import Run, out_of_time
from reread.pipeline.transfer import origin_facts, start_from, told
from reread.pipeline.unlabelled import drawn_once, encoded_unlabelled
from reread.pipeline.vectors import for_many_tokens, in_vocabulary, start_of, starting_vectors, vector_facts
from reread.scoring.backends.torch import use_threads
from reread.scoring.calibration.learning import check_calibrates
from reread.scoring.decisions.learning import check_decides
from reread.train.amount import by_rows, described, longer
from reread.train.augment import Words, build_augment
from reread.train.losses import check_smoothing
from reread.train.memory import enough_memory
from reread.train.start import Start
from reread.vectors.word_vectors import WordVectors


def train(
    prepared: Prepared, plan: Plan, run: Run | None = None, *, unlabelled: LearnableTexts | None = None
) -> Fitted:
    """Train a model on prepared rows; other plans with the same targets and text settings can reuse the rows.

    Args:
        prepared: the rows, from `prepare`.
        plan: what to train.
        run: how the training is carried out.
        unlabelled: texts without targets, from `learnable_texts`, which word2vec reads besides the training rows, and
            each step if the settings say so.

    Raises:
        ConfigError: the plan does not fit the rows.
        DataError: the word vectors cannot be learned from.
        TrainingError: the loss is not finite, or memory or disk do not suffice.
    """
    plan, run = plan.trained_by(resolve(plan.recipe.training, plan.recipe.model)), run or Run()
    enough = enough_memory(TrainingError, "make batch_size, or a size of the network, smaller")
    with use_threads(plan.recipe.training.threads or 1), torch.random.fork_rng(devices=()), enough:
        return _train(prepared, plan, run, unlabelled)


def _train(prepared: Prepared, plan: Plan, run: Run, unlabelled: LearnableTexts | None) -> Fitted:
    plan = _for_rows(prepared, plan)
    forecast(prepared, plan, run, unlabelled=unlabelled is not None)
    drawn = drawn_once(prepared, unlabelled, plan.recipe.training.seed, run.listener.on_note)
    trained = starting_vectors(prepared, plan, run, unlabelled, drawn)
    linear = linear_member(prepared, plan, run, trained, drawn)
    if plan.recipe.vectors.source is None:  # after the linear member, which has its time first
        plan = for_many_tokens(plan, prepared)
        trained = starting_vectors(prepared, plan, run, unlabelled, drawn)
    vectors = in_vocabulary(trained, prepared) if prepared.origin is None else None  # what it starts from has its own
    begun = _begun(prepared, plan, linear)
    if "model" in begun:
        run.listener.on_note(told(begun))
    _tell_time(prepared, run)
    run.listener.on_stage("building the network")
    offsets = linear.scores if linear and plan.recipe.training.offset else None
    others = encoded_unlabelled(prepared, plan.recipe.training, drawn)
    earlier = earlier_answers(prepared, plan)
    augment = build_augment(plan.recipe.training.augment, Words(prepared.encoder, vectors))
    start = _start(prepared, plan, vectors)
    plan = plan.trained_by(longer(plan.recipe.training, start.pretrained))
    run.listener.on_note(described(plan.recipe.training, len(prepared.weighted(prepared.train).rows)))
    net, state = fit_network(prepared, plan, run, start, offsets, unlabelled=others, augment=augment, earlier=earlier)
    run.listener.on_stage("measuring the network on the rows held out")
    scores = validation_scores(net, prepared, plan.recipe.training, offsets)
    members = measure_members(prepared, plan, linear, scores)
    part = what_answers(plan, members.answers)
    answering, of_answering = members.answers[part]
    rows = prepared.weighted(prepared.train).rows
    return Fitted(
        plan=plan,
        task=prepared.task,
        encoder=prepared.encoder,
        net=net,
        baseline=None if linear is None else linear.model,
        network_result=members.network,
        baseline_result=members.linear,
        state=state,
        facts=facts(prepared),
        fingerprint=prepared.fingerprint,
        columns=prepared.columns,
        vectors=vector_facts(vectors, prepared, plan.recipe.vectors),
        pretrained=begun,
        stack=members.stack,
        precisions=state_precisions(
            net,
            prepared,
            members.network.postprocessor,
            plan,
            exact=scores,
            offset=offsets.validation if offsets else 0.0,
        ),
        reference=reference_of(
            answering.postprocessor, Subset(prepared.encoded, prepared.validation), of_answering, part
        ),
        seen=SeenTexts.of(prepared.keys, rows, prepared.validation, kept_scores(linear, len(rows))),
        held_out=held_out(prepared, plan, members.answers),
    )


def _for_rows(prepared: Prepared, plan: Plan) -> Plan:
    """The plan with the amount of training that so many rows ask for.

    Raises:
        ConfigError: an option that the task does not have.
    """
    rows = len(prepared.weighted(prepared.train).rows)
    plan = plan.trained_by(by_rows(plan.recipe.training, rows, prepared.task.size)).for_task(prepared.task)
    check_smoothing(prepared.task, plan.recipe.training.label_smoothing)
    check_calibrates(plan.calibration, prepared.task)
    if plan.decide is not None:
        check_decides(prepared.task)
    return plan


def _tell_time(prepared: Prepared, run: Run) -> None:
    """Warn if the rows and the linear member used up the time."""
    saving = run.kept_free(len(prepared.texts))
    if out_of_time(run.deadline, saving) and not run.late:
        run.listener.on_note(
            "no time is left for training: the rows and the linear member used it, and saving takes about "
            f"{saving:.0f} s; training stops after one step, and the command may end late"
        )


def _begun(prepared: Prepared, plan: Plan, linear: LinearMember | None) -> dict[str, Any]:
    """What the model folder says of what the run starts from; empty if it starts afresh."""
    if prepared.origin is None:
        return {}
    took = linear is not None and linear.model.earlier
    offset = bool(plan.recipe.training.offset)
    entry = origin_facts(prepared.origin, prepared.encoder, prepared.task, offset=offset, linear=took)
    return entry if plan.pretrain_minutes is None else {**entry, "minutes": plan.pretrain_minutes}


def _start(prepared: Prepared, plan: Plan, vectors: WordVectors | None) -> Start:
    """What the network's weights are before the first step."""
    if prepared.origin is None:
        return start_of(vectors, prepared, plan)
    return start_from(prepared.origin, prepared.task, offset=bool(plan.recipe.training.offset))
