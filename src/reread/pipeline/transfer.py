"""A run that starts from a trained model: what is taken over, and what is new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.bundle import Bundle, model_checksum
from reread.pipeline.origin import Origin
from reread.pipeline.pretrained import pretrained_facts
from reread.tasks import Task
from reread.tasks.class_task import has_classes
from reread.tasks.known_scores import known_scores
from reread.text.encoder import TextEncoder
from reread.train.start import Start, build_start
from reread.train.start.base import has_read_much
from reread.wording import listed, number_of, of_each_feature

NAMED = 20  # labels, at most
FEW_SEEN = 0.01  # of the rows: so many that a model has seen before do no harm


def start_from(origin: Origin, task: Task, *, offset: bool) -> Start:
    """What the network's weights are before the first step.

    Args:
        origin: what they start from.
        task: what the scores will mean.
        offset: whether they come on top of a linear member's.
    """
    if origin.model is None:
        slow = origin.pretrained is not None and has_read_much(origin.pretrained.tokens)
        return build_start("language_model", weights=origin.weights, slow=slow)
    return build_start("model", weights=origin.weights, scores=going_on(origin.model, task, offset=offset))


def going_on(model: Bundle, task: Task, *, offset: bool) -> NDArray[np.int64]:
    """For each score of a network which of a model's network's it goes on from, -1: it is new; (scores,).

    None does where one of the two has its scores on top of a linear member's, as those are not answers.
    """
    alone = not (offset or model.config.offset)
    return known_scores(task, model.scorer.task) if alone else np.full(task.size, -1)


def origin_facts(origin: Origin, encoder: TextEncoder, task: Task, *, offset: bool, linear: bool) -> dict[str, Any]:
    """The entry in the model folder about what its own network started from.

    Args:
        origin: what it started from.
        encoder: text → ids, with the words of both.
        task: what the scores mean.
        offset: whether the network's come on top of the linear member's.
        linear: whether the linear member learned from the scores of the earlier one.
    """
    pairs = zip(origin.vocabularies, encoder.vocabularies, strict=True)
    words = [[len(known.tokens), len(every.tokens)] for known, every in pairs]
    if origin.pretrained is not None:
        return pretrained_facts(origin.pretrained, words)
    model = the_model(origin)
    known = going_on(model, task, offset=offset)
    return {
        "model": model.path.name,
        "recipe": origin.recipe,
        "rows": model.config.data.rows,
        "sha256": model_checksum(model.path),
        "words_taken_over": words,
        "scores_taken_over": int((known >= 0).sum()),
        "labels_taken_over": _labels(task, known >= 0),
        "labels_new": _labels(task, known < 0),
        "linear": linear,
        "reread": model.config.reread,
    }


def the_model(origin: Origin) -> Bundle:
    """The model folder of an origin that is one."""
    if origin.model is None:
        raise TypeError(f"a {origin.name} is no model")
    return origin.model


def _labels(task: Task, chosen: NDArray[np.bool_]) -> list[str]:
    """The names of the classes that have these scores; none if classes and scores are not one to one."""
    if not has_classes(task) or not task.each_class_scores:
        return []
    return [str(label) for label, wanted in zip(task.classes, chosen, strict=True) if wanted]


def told(facts: dict[str, Any]) -> str:
    """What is taken over from a model and what is new, in one line."""
    sizes = facts["words_taken_over"]
    words = of_each_feature([f"{known:,} of {every:,}" for known, every in sizes])
    every_word = all(known == every for known, every in sizes)
    over, new = _parts(facts["labels_taken_over"]), _parts(facts["labels_new"])
    head = f", the last layer for {over}" if over else ", the last layer" if facts["scores_taken_over"] else ""
    fresh = [] if every_word else ["the vectors of the other words"]
    if not facts["scores_taken_over"]:
        fresh.append("the last layer")
    elif new:
        fresh.append(f"the last layer for {new}")
    linear = "; the linear member learns from the scores of its linear member" if facts["linear"] else ""
    return (
        f"from {facts['model']}: the vectors of {words}, recurrence, pooling{head}; "
        f"new: {' and '.join(fresh) or 'nothing in the network'}{linear}"
    )


def told_lost(model: Bundle, task: Task) -> str:
    """Which labels of a model have no row, so that a new one with these classes does not answer them; empty if none."""
    known = known_scores(task, model.scorer.task)
    if (known < 0).all():  # other labels altogether, or another task
        return ""
    lost = _labels(model.scorer.task, ~np.isin(np.arange(model.scorer.task.size), known))
    if not lost:
        return ""
    return (
        f"labels of {model.path.name} that no row has, and that are not learned any more: {listed(lost, NAMED)}; "
        "keep_labels=True keeps them, with some of their rows"
    )


def _parts(labels: Sequence[str]) -> str:
    return listed(list(labels), NAMED) if labels else ""


def seen_before(origin: Origin, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of the texts with these keys a model has learned from, or chosen its best step by, (texts,).

    None if it does not say.
    """
    seen = None if origin.model is None else origin.model.seen
    if seen is None:
        return np.zeros(len(keys), np.bool_)
    trained, held_out = seen.among(keys)
    return trained | held_out


def too_sure(origin: Origin, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which of the texts with these keys a model has seen and cannot answer as if it had not, (texts,)."""
    seen = None if origin.model is None else origin.model.seen
    if seen is None or seen.scores is not None:
        return np.zeros(len(keys), np.bool_)
    return seen_before(origin, keys)


def told_seen(seen: NDArray[np.bool_], validation: NDArray[np.int64]) -> str:
    """What it means that the model has seen rows before."""
    measured = int(seen[validation].sum())
    flatters = (
        f"; {measured:,} of these are held out, and figures of them flatter: measure on a test file" if measured else ""
    )
    return f"{number_of(int(seen.sum()), 'row')} of {len(seen):,} were rows of the model before{flatters}"
