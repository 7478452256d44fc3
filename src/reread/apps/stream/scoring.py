"""Messages → answers and dead letters: pure, without a broker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

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
    texts = [row.values[TEXT] for row in rows if not row.problem]
    answers = iter(model.postprocessor.answers(model.scores(texts)))
    return [
        dead_letter(message, row.values, row.problem)
        if row.problem
        else {ID: row.values[ID], **_shown(next(answers)), "model": name}
        for message, row in zip(messages, rows, strict=True)
    ]


def _shown(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("prediction", "probabilities")}
