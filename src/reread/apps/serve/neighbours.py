"""The path that shows what of the file that a model was trained on its network finds most like a text."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from reread.apps.serve.desk import Desk, check_tokens
from reread.apps.serve.replies import Like, Neighbours
from reread.apps.serve.requests import read_body
from reread.apps.serve.served import Served, chosen
from reread.apps.serve.waiting import Question
from reread.data.values import no_text
from reread.errors import ConfigError, RereadError
from reread.insight.explain.neighbours import Example, ReadExamples
from reread.web.bodies import JSON, decoded
from reread.web.problems import Problem
from reread.web.rates import asker_of

PATH = "/v1/neighbours"
ROWS = 20_000  # of a file that are compared: of more, as many are drawn
CHARACTERS = 1_000  # of a text that are shown
KEPT = 2  # files that are held in memory, the newest


class Near(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A text that is compared with the file's.

    Attributes:
        text: the text.
        model: the model's name; not needed where there is one.
    """

    text: Annotated[str, Meta(description="The text.")]
    model: Annotated[str, Meta(description="The model's name; not needed where there is one.")] | None = None


class ExampleFile(NamedTuple):
    """The file that a model was trained on.

    Attributes:
        name: what people call it.
        rows: reads its rows that have a text.
    """

    name: str
    rows: Callable[[], Iterable[Example]]


class Finder:
    """Reads each file once, with the model's network, when it is asked for.

    Args:
        desk: lets requests in.
        file_of: the file of a model; None: it is not at hand.
    """

    def __init__(self, desk: Desk, file_of: Callable[[Served], ExampleFile | None]) -> None:
        self._desk, self._file_of = desk, file_of
        self._reading: dict[tuple[str, str], asyncio.Task[tuple[ReadExamples, int]]] = {}

    def names(self, models: Mapping[str, Served]) -> list[str]:
        """The models whose file is at hand."""
        return [name for name, each in models.items() if self._file_of(each) is not None]

    async def answer(self, request: Request) -> Response:
        """The rows most like a text."""
        await self._desk.admit(request)
        asked = decoded(_NEAR, await read_body(request))
        served = chosen(self._desk.models, asked.model)
        if why := no_text(asked.text):
            raise Problem(422, why, field="/text")
        self._desk.rates.use(asker_of(request.scope), check_tokens(served, Question(served), [asked.text]))
        file = await asyncio.to_thread(self._file_of, served)
        if file is None:
            raise Problem(404, f"the file that {served.name} was trained on is not at hand", field="/model")
        try:
            read, rows = await asyncio.shield(self._read(served, file))
            found = await asyncio.to_thread(read.nearest, asked.text)
        except (RereadError, OSError) as error:
            raise Problem(422, f"{file.name} cannot be compared: {error}") from error
        like = [
            Like(each.example.text[:CHARACTERS], dict(each.example.targets), each.example.place, each.cosine)
            for each in found
        ]
        reply = Neighbours(served.name, file.name, rows, len(read.examples), like)
        return Response(msgspec.json.encode(reply, enc_hook=str), media_type=JSON)

    def _read(self, served: Served, file: ExampleFile) -> asyncio.Task[tuple[ReadExamples, int]]:
        """The file's rows as they are, or will be, read by the model's network."""
        key = served.checksum, file.name
        if key not in self._reading or _failed(self._reading[key]):
            self._reading[key] = asyncio.create_task(asyncio.to_thread(_read, served, file))
            while len(self._reading) > KEPT:
                del self._reading[next(iter(self._reading))]
        return self._reading[key]


def _failed(task: asyncio.Task[Any]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _read(served: Served, file: ExampleFile) -> tuple[ReadExamples, int]:
    """Rows of the file, and how many it has."""
    some, rows = drawn(file.rows(), ROWS)
    if served.network is None:
        raise ConfigError(f"{served.name} has no network")
    return ReadExamples(served.network, some), rows


def drawn(rows: Iterable[Example], most: int) -> tuple[list[Example], int]:
    """At most so many of the rows, each as likely as any other, and how many there are: algorithm R (Vitter 1985)."""
    left, choice = iter(rows), random.Random(0)  # noqa: S311
    some = list(islice(left, most))
    count = len(some)
    for row in left:
        count += 1
        place = choice.randrange(count)
        if place < most:
            some[place] = row
    return some, count


_NEAR = msgspec.json.Decoder(Near)
