"""The paths of the tab Label, and those of the page of each labelling."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reread.apps.serve.counted import Counted, Handler
from reread.apps.serve.file_rows import columns_of, open_file
from reread.apps.serve.inbox import Inbox
from reread.apps.serve.labelling.bodies import All, Begin, Column, Looked, Sent
from reread.apps.serve.labelling.kept import Kept, Shelf
from reread.apps.serve.labelling.training import OnLabels
from reread.apps.serve.ndjson import NDJSON
from reread.apps.serve.query import read_query
from reread.apps.serve.requests import read_body
from reread.apps.serve.training.trainings import Trainings
from reread.apps.serve.uploads import TEXTS
from reread.errors import ConfigError, DataError
from reread.label.opening import open_labelling
from reread.web.bodies import JSON, decoded
from reread.web.labelling.desk import LabelDesk
from reread.web.labelling.routes import label_routes
from reread.web.pages import LABELLING
from reread.web.problems import Problem

LABELLINGS = "/v1/labellings"
OPEN = 4  # labellings whose texts are in memory
BUSY = 409
ANEW = "load this page again"


@dataclass
class Opened:
    """A labelling on which somebody works.

    Attributes:
        desk: answers its page.
        files: what is closed at its end.
        requests: that are answered now.
    """

    desk: LabelDesk
    files: ExitStack
    requests: int = 0

    async def close(self) -> None:
        """Let go of its files, after the last change."""
        await self.desk.settle()
        await asyncio.to_thread(self.files.close)


class Labellings:
    """Labels texts in a folder, several labellings at a time.

    Args:
        inbox: takes the files of texts.
        trainings: train on the labels.
    """

    def __init__(self, inbox: Inbox, trainings: Trainings) -> None:
        self._inbox, self._trainings = inbox, trainings
        self._shelf = Shelf(inbox.work)
        self._open: dict[str, Opened] = {}  # the one that was asked last is the last one
        self._opening = asyncio.Lock()

    def routes(self, counted: Callable[[Handler], Counted]) -> list[Route]:
        """What the tab asks, and the pages."""
        return [
            Route(LABELLINGS, counted(self.all), methods=["GET"]),
            Route(LABELLINGS, counted(self.begin), methods=["POST"]),
            Route(f"{LABELLINGS}/data", counted(self.send), methods=["POST"]),
            Route(f"{LABELLINGS}/data/{{name}}", counted(self.count), methods=["GET"]),
            Route(f"{LABELLINGS}/{{name}}", counted(self.labels), methods=["GET"]),
            *label_routes(self.desk_of, under=LABELLING, wrapped=counted),
        ]

    async def end(self) -> None:
        """Close every file."""
        while self._open:
            await self._open.popitem()[1].close()

    async def all(self, _: Request) -> Response:
        """The labellings that there are."""
        return _json(await asyncio.to_thread(lambda: All([each.begun() for each in self._shelf.all()])))

    async def labels(self, request: Request) -> Response:
        """The file of labels of one of them."""
        kept = await asyncio.to_thread(self._shelf.find, request.path_params["name"])
        return Response(await asyncio.to_thread(kept.lines), media_type=NDJSON)

    async def send(self, request: Request) -> Response:
        """Keep a file of texts, and say which columns it has."""
        asked = read_query(request.query_params, Sent)
        data = await self._inbox.take(request, asked.name, TEXTS)
        async with self._inbox.reading:
            rows = await asyncio.to_thread(open_file, data, data.suffix.removeprefix("."), None)
            found = await asyncio.to_thread(columns_of, rows, None)
        return _json(Looked(**msgspec.structs.asdict(found), data=data.name))

    async def count(self, request: Request) -> Response:
        """Say how many texts a column has."""
        asked = read_query(request.query_params, Column)
        async with self._inbox.reading:
            return _json(await asyncio.to_thread(self._shelf.count, request.path_params["name"], asked.text))

    async def begin(self, request: Request) -> Response:
        """Begin a labelling of a file that was sent."""
        asked = decoded(_BEGIN, await read_body(request))
        async with self._inbox.reading:
            kept = await asyncio.to_thread(self._shelf.begin, asked)
        return _json(kept.begun())

    @asynccontextmanager
    async def desk_of(self, request: Request) -> AsyncIterator[LabelDesk]:
        """Who answers the page of a labelling."""
        opened = await self._opened(request.path_params["name"])
        opened.requests += 1
        try:
            yield opened.desk
        finally:
            opened.requests -= 1

    async def _opened(self, name: str) -> Opened:
        """A labelling, opened if it is not.

        Raises:
            Problem: there is none, or it cannot be opened.
        """
        if not self._is_open(name):
            async with self._opening:
                if not self._is_open(name):  # while another was opened, this one may have been
                    if name in self._open:
                        await self._open.pop(name).close()
                    kept = await asyncio.to_thread(self._shelf.find, name)
                    await self._make_room()
                    self._open[name] = await asyncio.to_thread(self._open_files, kept)
        self._open[name] = opened = self._open.pop(name)
        return opened

    def _is_open(self, name: str) -> bool:
        return name in self._open and not self._open[name].desk.changed

    async def _make_room(self) -> None:
        """Close what nobody asks, that which was asked last the last."""
        if len(self._open) < OPEN:
            return
        idle = next((name for name, each in self._open.items() if not each.requests), None)
        if idle is None:
            raise Problem(429, f"{OPEN} labellings are worked on at this time", retry_after=1)
        await self._open.pop(idle).close()

    def _open_files(self, kept: Kept) -> Opened:
        spoken = self._inbox.work.spoken
        with ExitStack() as files:
            try:
                question, texts = kept.note.question(), kept.texts()
                opened = open_labelling(texts, question, kept.labels, by=kept.note.by)
                labelling = files.enter_context(opened)
            except ConfigError as error:  # another process has it open
                raise Problem(BUSY, spoken(str(error))) from error
            except DataError as error:
                raise Problem(422, spoken(str(error))) from error
            except OSError as error:
                raise Problem(500, spoken(f"{kept.labels} cannot be opened: {error.strerror or error}")) from error
            training = OnLabels(self._trainings, kept.labels)
            desk = LabelDesk(labelling, training, blind=kept.note.blind, spoken=spoken, anew=ANEW)
            desk.start()
            files.callback(desk.stop)
            return Opened(desk, files.pop_all())


_BEGIN = msgspec.json.Decoder(Begin)


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type=JSON)
