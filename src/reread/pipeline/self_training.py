"""Self-training: a model labels texts with its probabilities, and a new one learns from them as well.

Yarowsky 1995; with probabilities instead of labels Xie et al. 2020 ("Noisy Student"), section 2.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reread.data.learnable import LearnableTexts
from reread.data.soft_labels import likeliest
from reread.data.split import text_keys
from reread.data.subset import Subset
from reread.errors import ConfigError
from reread.model.baseline import Baseline
from reread.pipeline.encoding import encode
from reread.pipeline.fitted import Fitted
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.run import Run
from reread.pipeline.unlabelled import new_texts, unsaid
from reread.tasks.class_task import ClassTask, has_classes
from reread.text.encoder import TextEncoder
from reread.wording import number_of, percent

LOSS = "log_loss"
COUNTED = 4.0  # times as much as the labelled rows, the texts count together at most
Train = Callable[[Prepared, Plan, Run], Fitted]


def check_self_training(plan: Plan, workers: int = 1) -> None:
    """Refuse self-training that cannot be, before work on the data begins.

    Raises:
        ConfigError: not one target of classes, or several processes that train together.
    """
    rounds = plan.recipe.training.self_training
    if not rounds:
        return
    if workers > 1:
        raise ConfigError(f"training.self_training = {rounds} in {workers} processes; train in one process")
    if len(plan.targets) > 1 or any(target.task == "regression" for target in plan.targets.values()):
        raise ConfigError(
            f"training.self_training = {rounds}: it needs one target of classes, whose probabilities label the texts; "
            "leave it out"
        )


def self_train(prepared: Prepared, plan: Plan, run: Run, unlabelled: LearnableTexts, train: Train) -> Fitted:
    """Train a model on the rows, then new ones on the rows and the texts that the last one labelled.

    A round is kept if it answers the rows held out with a smaller loss and no worse headline; the first that does not
    ends it. So no teacher learns from these rows, as a linear member that answers does in the end: its labels would
    tell the student what they are.

    Args:
        prepared: the rows.
        plan: what is trained each time.
        run: how; each round takes an equal part of its time, and keeps its state in files of its own.
        unlabelled: the texts, read once.
        train: trains a plan on prepared rows.
    """
    rounds, note = plan.recipe.training.self_training, run.listener.on_note
    first = replace(_part(run, rounds + 1), teaches=True, part=f" of the first of {rounds + 1} trainings")
    fitted = train(prepared, plan, first)
    texts = new_texts(prepared, unlabelled, plan.recipe.training.seed, note)
    for number in range(1, rounds + 1):
        if not len(texts):
            break
        run.listener.on_stage(f"labelling {number_of(len(texts), 'text')}")
        kept, shares = labelled(fitted, texts)
        share = percent(len(kept) / len(texts))
        note(f"round {number} of self-training: {share} of the texts have a label, and count with every class in part")
        if not len(kept):
            break
        student = train(taught(prepared, plan, Subset(texts, kept), shares), plan, _of_round(run, number, rounds))
        if not _better(student, fitted):
            note(f"round {number} is no better on the rows held out: the model before it is kept")
            break
        note(f"round {number} is kept: log loss {_loss(student):.4f} after {_loss(fitted):.4f}")
        fitted = student
    return fitted


def labelled(fitted: Fitted, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The texts to learn from, (texts,), and the probabilities that a model gives them, (texts, classes).

    With one class a text, linear member and network must agree on it; each errs in its own way.
    """
    shares = np.asarray(fitted.model().predict_proba(texts), dtype=np.float32)
    if fitted.baseline is None or not fitted.task.can_abstain:
        return np.arange(len(texts)), shares
    linear = Baseline(fitted.baseline, fitted.task, fitted.parts()["linear"].postprocessor)
    sides = [np.asarray(each.predict_proba(texts)).argmax(axis=1) for each in (linear, fitted.network())]
    agreed = np.flatnonzero(sides[0] == sides[1])
    return agreed, shares[agreed]


def taught(prepared: Prepared, plan: Plan, texts: Sequence[str], shares: NDArray[np.float32]) -> Prepared:
    """The rows, with texts and their probabilities among those to train on; the rows held out stay the same.

    The vocabulary is counted on all texts that are trained on.

    Args:
        prepared: the labelled rows.
        plan: how texts become ids.
        texts: which are added.
        shares: the probability of each class, (texts, classes).
    """
    rows, task = len(prepared.texts), _class_task(prepared)
    every = [*prepared.texts, *texts]
    train = np.concatenate([prepared.train, np.arange(rows, len(every))])
    encoder = TextEncoder.learn(prepared.encoder.settings, Subset(every, train))
    sure = prepared.shares if prepared.shares is not None else _one_hot(task, prepared.encoded_targets)
    weight = min(1.0, COUNTED * float(prepared.weights[prepared.train].sum()) / len(texts))
    several = not task.can_abstain
    targets = [likeliest(dict(zip(task.classes, row, strict=True)), several=several) for row in shares.tolist()]
    return replace(
        prepared,
        texts=every,
        keys=np.concatenate([prepared.keys, text_keys(texts)]),
        targets=[*prepared.targets, *targets],
        encoded_targets=np.concatenate([prepared.encoded_targets, task.encode(targets)]),
        weights=np.concatenate([prepared.weights, np.full(len(texts), weight, np.float32)]),
        encoder=encoder,
        encoded=encode(every, encoder, plan.recipe.training, unsaid),
        train=train,
        groups=None if prepared.groups is None else [*prepared.groups, *(f"text {k}" for k in range(len(texts)))],
        shares=np.concatenate([sure, shares]),
        taught=len(texts),
    )


def _class_task(prepared: Prepared) -> ClassTask:
    if not has_classes(prepared.task):
        raise ConfigError(f"self-training of {prepared.task.name}: only classes have probabilities to learn from")
    return prepared.task


def _one_hot(task: ClassTask, encoded: NDArray[np.float32]) -> NDArray[np.float32]:
    """Certain targets as probabilities, (rows, classes)."""
    if task.target_width == len(task.classes):
        return encoded
    return np.asarray(encoded[:, :1] == np.arange(len(task.classes)), dtype=np.float32)


def _part(run: Run, parts: int) -> Run:
    """The run with an equal part of the time that is left."""
    if run.deadline is None:
        return run
    now = time.monotonic()
    return replace(run, deadline=now + (run.deadline - now) / parts)


def _of_round(run: Run, number: int, rounds: int) -> Run:
    """The run of one round, with files of its own; one that was interrupted goes on."""

    def own(path: Path | None) -> Path | None:
        return None if path is None else path.with_name(f"{path.name}-{number}")

    checkpoint = own(run.checkpoint)
    started = run.resume and checkpoint is not None and checkpoint.exists()
    return replace(
        _part(run, rounds - number + 1),
        checkpoint=checkpoint,
        linear=own(run.linear),
        vectors=own(run.vectors),
        resume=started,
        teaches=number < rounds,
        part=f" of round {number} of self-training",
    )


def _better(student: Fitted, teacher: Fitted) -> bool:
    if not student.validation:
        return True  # no rows say otherwise
    task = student.task
    sign = 1 if task.higher_is_better else -1
    gain = sign * (student.validation[task.headline] - teacher.validation[task.headline])
    return _loss(student) < _loss(teacher) and gain >= 0


def _loss(fitted: Fitted) -> float:
    return fitted.validation.get(LOSS, np.nan)
