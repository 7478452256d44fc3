"""Examples → the input of training: task, split, vocabulary from training rows, ids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.examples import Examples
from reread.data.soft_labels import as_matrix
from reread.data.weighted_rows import relative_weights
from reread.pipeline.encoding import encode, learn_encoder
from reread.pipeline.keeping import check_origin, class_rows, rows_stand_for, with_kept
from reread.pipeline.origin import Origin, read_origin
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.splitting import hold_out
from reread.pipeline.task_of import build_task, with_all_classes
from reread.pipeline.transfer import FEW_SEEN, seen_before, told_lost, told_seen, too_sure
from reread.train.listener import Listener
from reread.wording import number_of

TOO_SURE = (
    "; of rows that it has seen it is too sure, so new labels take texts of the old ones: rows that it has not seen "
    "are better"
)
STARTS_AFRESH = (
    "; the linear member learns nothing from that model, so the answers can be worse than its own: train on rows that "
    "it has not seen"
)
FEW = 30  # rows held out: an accuracy of so many has a standard error of up to 9 points


Pretrain = Callable[[Examples, NDArray[np.int64], NDArray[np.int64]], Origin | None]
"""Rows, those to train on and those held out → a network to start from, if one could be made."""


def prepare(examples: Examples, plan: Plan, listener: Listener, pretrain: Pretrain | None = None) -> Prepared:
    """Do everything that comes before the first model.

    Args:
        examples: the rows.
        plan: what to train.
        listener: is told how it goes.
        pretrain: makes the network that the run starts from, once the rows are split.

    Raises:
        ConfigError: the plan names an unknown task, option or setting.
        DataError: the examples cannot be learned from or split.
    """
    settings, note = plan.recipe.training, listener.on_note
    listener.on_stage("splitting the rows")
    targets: Any = examples.targets if len(plan.targets) > 1 else next(iter(examples.targets.values()))
    origin = None if plan.pretrained is None else read_origin(plan.pretrained)
    if origin is not None:
        check_origin(plan, origin)
    every = targets if examples.shares is None else with_all_classes(targets, examples.shares)
    task = build_task(plan, with_kept(every, plan, origin))
    encoded_targets = task.encode(targets)
    pretrained = pretrain is not None or (origin is not None and origin.pretrained is not None)
    held_out = hold_out(examples, plan, task.stratum(encoded_targets), pretrained=pretrained)
    train, validation = np.flatnonzero(~held_out), np.flatnonzero(held_out)
    few = "; figures of so few say little" if 0 < len(validation) < FEW else ""
    note(f"{number_of(len(train), 'row')} to train on, {len(validation):,} held out for validation{few}")
    stand_for = rows_stand_for(examples.weights, encoded_targets, task, plan, origin)
    weights = relative_weights(stand_for, train, validation, len(held_out))
    if pretrain is not None:
        origin = pretrain(examples, train, validation)
    listener.on_stage("counting the vocabulary")
    encoder = learn_encoder(plan, examples.texts, train, origin, note)
    listener.on_stage("turning texts into ids")
    encoded = encode(examples.texts, encoder, settings, note)
    prepared = Prepared(
        texts=examples.texts,
        keys=examples.keys,
        task=task,
        targets=targets,
        encoded_targets=encoded_targets,
        weights=weights,
        encoder=encoder,
        encoded=encoded,
        train=train,
        validation=validation,
        fingerprint=examples.fingerprint,
        columns=examples.target_columns,
        groups=examples.groups,
        shares=None if examples.shares is None else as_matrix(examples.shares, task.classes),
        origin=origin,
        class_rows=class_rows(task, encoded_targets, stand_for),
    )
    if origin is not None and origin.model is not None and (lost := told_lost(origin.model, task)):
        note(lost)
    if origin is not None and (seen := seen_before(origin, examples.keys)).any():
        sure = too_sure(origin, examples.keys)
        many = STARTS_AFRESH if sure.mean() > FEW_SEEN else ""
        note(told_seen(seen, validation) + (TOO_SURE if plan.keep_labels and sure.any() else many))
    if examples.shares is not None:
        parts = len(prepared.weighted(train).rows)
        note(
            f"soft labels: each row counts with every class in part, which makes {parts:,} to train on; those held "
            "out count with their likeliest class"
        )
    return prepared
