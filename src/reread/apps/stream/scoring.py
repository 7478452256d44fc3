"""Messages → answers and dead letters: pure, without a broker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from reread.apps.stream.messages import ID, TEXT, Message, Outcome, dead_letter, row_of
from reread.model.base import Model
from reread.scoring.batches import CHUNK


def score_stream(model: Model, rows: Iterable[Message], *, name: str = "", most: int = CHUNK) -> Iterator[Outcome]:
    """One outcome for each message, in order.

    An answer has ``id``, ``prediction``, ``probabilities`` (by class; of a joint model by target and class; None if the
    model answers numbers) and ``model``. A message without an answer becomes a dead letter: its ``id`` if it has one,
    the ``message`` and the ``error``. Messages are answered ``most`` at a time, so memory does not grow with their
    number.

    Args:
        model: the model.
        rows: JSON objects with ``id`` and ``text``, as text, bytes or mappings.
        name: what answers say of the model.
        most: messages that are answered together.
    """
    batch: list[Message] = []
    for message in rows:
        batch.append(message)
        if len(batch) >= most:
            yield from score_batch(model, batch, name=name)
            batch = []
    if batch:
        yield from score_batch(model, batch, name=name)


def score_batch(model: Model, messages: Sequence[Message], *, name: str = "") -> list[Outcome]:
    """One outcome for each message, in order, all answered together; see `score_stream`."""
    rows = [row_of(message) for message in messages]
    answers = iter(_answers(model, [row.values[TEXT] for row in rows if not row.problem]))
    return [
        dead_letter(message, row.values, row.problem)
        if row.problem
        else {ID: row.values[ID], **next(answers), "model": name}
        for message, row in zip(messages, rows, strict=True)
    ]


def _answers(model: Model, texts: Sequence[str]) -> list[dict[str, Any]]:
    scores, answering = model.scores(texts), model.postprocessor
    predictions = answering.predict(scores)
    classes = model.task.class_names()
    if classes is None:
        return [{"prediction": each, "probabilities": None} for each in predictions]
    probabilities = answering.probabilities(scores)
    if isinstance(classes, Mapping) and isinstance(probabilities, Mapping):
        parts = {part: _by_class(classes[part], probabilities[part]) for part in probabilities}
        by_row: Iterable[Any] = (dict(zip(parts, row, strict=True)) for row in zip(*parts.values(), strict=True))
    else:
        by_row = _by_class(classes, probabilities)
    return [
        {"prediction": _plain(each), "probabilities": given} for each, given in zip(predictions, by_row, strict=True)
    ]


def _by_class(classes: Any, probabilities: Any) -> list[dict[str, float]]:
    names = [str(each) for each in classes]
    return [dict(zip(names, row, strict=True)) for row in probabilities.tolist()]


def _plain(value: Any) -> Any:
    """NumPy's values as Python's."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value
