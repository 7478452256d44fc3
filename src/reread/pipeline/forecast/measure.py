"""What a run reads and writes, from its rows and its plan."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from reread.baseline.limits import most_features, most_rows
from reread.data.store import TextStore
from reread.nn.model import build_model
from reread.pipeline.forecast.amounts import Amount
from reread.pipeline.plan import Plan
from reread.pipeline.prepared import Prepared
from reread.pipeline.run import saving_seconds
from reread.pipeline.vectors import for_many_tokens
from reread.train.amount import evaluations_of, last_step, steps_an_epoch, texts_a_step
from reread.train.checkpoint import checkpoint_bytes
from reread.vectors.sources import WORD2VEC

FLOAT = 4  # bytes
MEASURED = 3  # times that the finished network answers the rows held out: as it is, and less precisely


def amount_of(prepared: Prepared, plan: Plan) -> Amount:
    """What a run reads and writes.

    Args:
        prepared: the rows.
        plan: what is trained, with the batch size and the epochs for so many rows.
    """
    settings, lengths = plan.recipe.training, prepared.encoded.lengths
    learned = prepared.weighted(prepared.train).rows
    epoch = steps_an_epoch(len(learned), texts_a_step(settings, len(learned)))
    sizes = [len(vocabulary) for vocabulary in prepared.encoder.vocabularies]
    with torch.random.fork_rng(devices=()):  # a network of shapes alone would import all of torch's compiler
        net = build_model(plan.recipe.model, sizes, prepared.task.size)
    network = sum(each.nbytes for each in net.state_dict().values())
    linear, again, read = _linear(prepared, plan, len(learned))
    source = for_many_tokens(plan, prepared).recipe.vectors.source
    return Amount(
        rows=len(prepared.texts),
        scores=prepared.task.size,
        words=float(lengths[learned].sum()) * last_step(settings, settings.epochs * epoch) / epoch,
        held_out=int(lengths[prepared.validation].sum()),
        evaluations=evaluations_of(settings, len(learned)) + MEASURED,
        linear=linear,
        again=again,
        read=read,
        most_features=most_features(prepared.task.size),
        vectors=int(lengths[prepared.train].sum()) * len(sizes) if source == WORD2VEC else 0,
        table=0 if source is None else sum(sizes) * plan.recipe.model.embedding_dim * FLOAT,
        network=network,
        checkpoint=checkpoint_bytes(net, settings),
        there=_spilled(prepared.texts) + prepared.encoded.bytes_on_disk,
        saving=saving_seconds(len(prepared.texts), network // FLOAT),
    )


def _linear(prepared: Prepared, plan: Plan, rows: int) -> tuple[float, float, float]:
    """Characters that the linear member learns from, from which it learns again, and which it counts for both."""
    if not plan.baseline:
        return 0.0, 0.0, 0.0
    mean = prepared.fingerprint.characters / max(1, prepared.fingerprint.rows)
    language, scores = prepared.encoder.settings.language, prepared.task.size
    read = most_rows(rows, mean * rows, scores, language, memory=plan.recipe.training.memory_share)
    every = len(prepared.texts) if read >= rows and plan.answers_linearly and len(prepared.validation) else 0
    return mean * min(read, rows), mean * every, mean * (rows + every)


def _spilled(texts: Sequence[str]) -> int:
    return texts.bytes_on_disk if isinstance(texts, TextStore) else 0
