"""What is asked of a server and what its replies mean, whoever carries them."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from reread.client.retries import AGAIN, Retries
from reread.errors import ConfigError, DataError, RereadError
from reread.explain.explanation import Explanation
from reread.scoring.postprocessor import Floats, Sets
from reread.tasks import Task, task_from_config
from reread.tasks.base import as_objects

BATCH_TEXTS = 256
BATCH_BYTES = 256 << 10


class Ask(NamedTuple):
    """A request; it can be sent again."""

    path: str
    body: bytes | None = None


class Pause(NamedTuple):
    """Seconds to wait."""

    seconds: float


@dataclass(frozen=True)
class Reply:
    """What came back; ``status`` 0: nothing, for the reason that ``body`` says."""

    status: int
    body: bytes
    retry_after: str | None = None


Answer: TypeAlias = dict[str, Any]
Steps: TypeAlias = Generator[Ask | Pause, Reply, Any]
"""Yields what is to be done, is sent the replies, and returns what the caller wants."""


class Talk:
    """The questions of a client, as steps.

    Args:
        address: the server's, for messages.
        model: the model's name; None: the only one.
        retries: how patient it is.
    """

    def __init__(self, address: str, model: str | None, retries: Retries) -> None:
        self._address, self._model, self._retries = address, model, retries
        self._task: Task | None = None

    def models(self) -> Steps:
        """The models, as the server describes them."""
        return (yield from self._ask(Ask("/v1/models")))["models"]

    def task(self) -> Steps:
        """What the model's answers are."""
        if self._task is None:
            models = yield from self.models()
            found = [each for each in models if self._model in {None, each["name"]}]
            if len(found) != 1:
                raise ConfigError(
                    f"{self._address} answers with {', '.join(each['name'] for each in models)}; name one of them"
                )
            self._task = task_from_config(found[0]["config"])
        return self._task

    def classes(self) -> Steps:
        """As `Model.classes_`."""
        task: Task = yield from self.task()
        names = task.class_names()
        if names is None:
            raise AttributeError(f"a {task.name} model has no classes")
        return names

    def answers(self, texts: Sequence[str], **options: float | None) -> Steps:
        """The server's answers, one a text, in order."""
        found: list[Answer] = []
        for batch in batches(texts):
            found += yield from self._batch(batch, options)
        for row, answer in enumerate(found):
            if answer["error"]:
                raise DataError(f"text {row}: {answer['error']}")
        return found

    def predict(self, texts: Sequence[str], abstain_below: float | None) -> Steps:
        """As `Model.predict`."""
        answers = yield from self.answers(texts, abstain_below=abstain_below)
        task: Task = yield from self._task_of(answers)
        found = [each["prediction"] for each in answers]
        return task.as_array(found) if abstain_below is None else as_objects(found)

    def predict_proba(self, texts: Sequence[str]) -> Steps:
        """As `Model.predict_proba`."""
        found = yield from self.answers(texts)
        task: Task = yield from self._task_of(found)
        names = task.class_names()
        if names is None:
            raise DataError(f"a {task.name} model has no probabilities")
        answers = [each["probabilities"] for each in found]
        if isinstance(names, Mapping):
            return {part: _table([each[part] for each in answers], labels) for part, labels in names.items()}
        return _table(answers, names)

    def predict_interval(self, texts: Sequence[str], coverage: float) -> Steps:
        """As `Model.predict_interval`."""
        answers = yield from self.answers(texts, interval=coverage)
        lower, upper = (_by_part([each.get(name) for each in answers]) for name in ("lower", "upper"))
        if isinstance(lower, dict) and isinstance(upper, dict):
            return {part: _pairs(lower[part], upper[part]) for part in lower}
        return _pairs(lower, upper)

    def predict_set(self, texts: Sequence[str], coverage: float) -> Steps:
        """As `Model.predict_set`."""
        answers = yield from self.answers(texts, sets=coverage)
        return _by_part([each["set"] for each in answers])

    def explain(self, text: str, target: object) -> Steps:
        """As `Model.explain`, with the model's own method and words."""
        body = {"texts": [text], **self._named()}
        (answer,) = (yield from self._ask(Ask("/v1/explain", _json(body))))["answers"]
        if answer["error"]:
            raise DataError(f"the text: {answer['error']}")
        found = [Explanation.from_dict(each) for each in answer["explanations"]]
        fits = [each for each in found if target is None or str(target) in {each.target, each.answer}]
        if not fits:
            known = ", ".join(each.target or each.answer for each in found)
            raise ConfigError(f"the server explains no {target}; it explains {known}")
        return fits[0]

    def _task_of(self, answers: Sequence[Answer]) -> Steps:
        """The task that has the answers' classes: the server may have taken another model meanwhile."""
        task: Task = yield from self.task()
        if not _fits(task, answers):
            self._task = None
            task = yield from self.task()
            if not _fits(task, answers):
                raise DataError(f"{self._address} took another model meanwhile; ask again")
        return task

    def _named(self) -> dict[str, str]:
        return {} if self._model is None else {"model": self._model}

    def _batch(self, texts: Sequence[str], options: Mapping[str, float | None]) -> Steps:
        """A batch, or its halves if it is too long for the server."""
        asked = {name: value for name, value in options.items() if value is not None}
        reply: Reply = yield from self._reply(Ask("/v1/predict", _json({"texts": texts, **self._named(), **asked})))
        if reply.status == 413 and len(texts) > 1:
            half = len(texts) // 2
            first = yield from self._batch(texts[:half], options)
            return first + (yield from self._batch(texts[half:], options))
        return self._read(reply)["answers"]

    def _ask(self, ask: Ask) -> Steps:
        return self._read((yield from self._reply(ask)))

    def _reply(self, ask: Ask) -> Steps:
        """The reply to a request, which is asked again while the server is full or cannot be reached."""
        waited = 0.0
        for tried in range(1, self._retries.tries + 1):
            reply: Reply = yield ask
            if reply.status and reply.status not in AGAIN:
                return reply
            pause = self._retries.pause(tried, waited, reply.retry_after)
            if pause is None:
                break
            yield Pause(pause)
            waited += pause
        return reply

    def _read(self, reply: Reply) -> Any:
        """The reply's JSON.

        Raises:
            ConfigError: the token or the address is wrong.
            DataError: the server cannot be reached, or cannot answer what was asked.
            RereadError: it has no room, or has failed.
        """
        said = reply.body.decode(errors="replace")
        if reply.status == 0:
            raise DataError(f"{self._address} cannot be reached: {said}")
        try:
            value = json.loads(said)
        except ValueError:
            value = said
        if reply.status == 200 and isinstance(value, dict):
            return value
        detail = _detail(value) if isinstance(value, dict) else "this is no server of reread"
        message = f"{self._address}: {detail} (status {reply.status})"
        if reply.status in {401, 403, 404} or not isinstance(value, dict):
            raise ConfigError(message)
        raise DataError(message) if reply.status in {400, 408, 413, 415, 422} else RereadError(message)


def _detail(problem: Mapping[str, Any]) -> str:
    """What a problem says (RFC 9457), with the field that is wrong."""
    fields = ", ".join(str(each.get("pointer")) for each in problem.get("errors", []))
    return f"{fields}: {problem.get('detail')}" if fields else str(problem.get("detail"))


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in their order, some at a time.

    Raises:
        DataError: ``texts`` is not a list of strings.
    """
    if isinstance(texts, str):
        raise DataError("texts is one string, expected a list of strings")
    batch: list[str] = []
    size = 0
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(f"text {row} is {type(text).__name__}, expected str")
        length = len(text.encode(errors="replace"))
        if batch and (len(batch) == BATCH_TEXTS or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += length
    if batch:
        yield batch


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode(errors="replace")  # half of a surrogate pair: as ?


def _fits(task: Task, answers: Sequence[Answer]) -> bool:
    names = task.class_names()
    if isinstance(names, Mapping):
        known: Any = {part: [str(name) for name in labels] for part, labels in names.items()}
        return all({part: list(each["probabilities"][part]) for part in known} == known for each in answers)
    known = None if names is None else [str(name) for name in names]
    return all((None if each["probabilities"] is None else list(each["probabilities"])) == known for each in answers)


def _table(rows: Sequence[Mapping[str, float]], names: NDArray[Any]) -> Floats:
    """Probabilities by class as (texts, classes)."""
    found = [[row[str(name)] for name in names] for row in rows]
    return np.array(found, dtype=np.float64).reshape(len(rows), len(names))


def _by_part(values: Sequence[Any]) -> Sets | list[Any] | dict[str, list[Any]]:
    """Values of a joint model by the names of its parts, without those that have none."""
    if not values or not isinstance(values[0], Mapping):
        return list(values)
    parts = [name for name, value in values[0].items() if value is not None]
    return {name: [each[name] for each in values] for name in parts}


def _pairs(lower: Any, upper: Any) -> Floats:
    return np.column_stack([np.array(each, dtype=np.float64) for each in (lower, upper)])
