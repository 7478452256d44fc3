"""The paths by which the page trains: a file sent, understood, learned from, and the model used."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reread.apps.serve.inbox import Inbox
from reread.apps.serve.query import read_query
from reread.apps.serve.requests import read_body
from reread.apps.serve.served import Served, chosen
from reread.apps.serve.training.bodies import Again, Named, Sent, Start, State
from reread.apps.serve.training.corrected import Corrected
from reread.apps.serve.training.retraining import corrected_rows, judged, origin_of
from reread.apps.serve.training.understood import understand
from reread.apps.serve.work import Origin
from reread.bundle import REPORT
from reread.errors import RereadError
from reread.web.bodies import JSON, decoded
from reread.web.problems import Problem
from reread.web.reports import report_page
from reread.web.training.extra import MISSING, able
from reread.web.training.run import Training

BUSY = 409
logger = logging.getLogger("reread.training")


class Trainings:
    """Trains one model at a time, in a folder.

    Args:
        inbox: takes files into the folder.
        models: the models that answer now, by name.
        opener: opens a model folder by the name that it will have.
        put: has a model answer in the place of the one of its name.
        options: of `reread train`, for each training.

    Attributes:
        labels: the file of labels that the last training learns; None: it learns another file.
    """

    def __init__(
        self,
        inbox: Inbox,
        *,
        models: Callable[[], dict[str, Served]],
        opener: Callable[[str, Path], Served],
        put: Callable[[Served], Awaitable[None]],
        options: Sequence[str] = (),
    ) -> None:
        self._inbox, self._work = inbox, inbox.work
        self._models, self._opener, self._put = models, opener, put
        self._options = options
        self.labels: Path | None = None
        self._training: Training | None = None
        self._task: asyncio.Task[None] | None = None
        self._last = State(able=able())
        self._goes_on: Callable[[], None] | None = None
        self._replaced: dict[str, Served] = {}
        self._starting = asyncio.Lock()

    async def end(self) -> None:
        """Let no training outlive the server."""
        if self._task is not None and not self._task.done():
            await self._cancel()

    async def send(self, request: Request) -> Response:
        """Keep a file, and say what it is taken for."""
        self._check_able()
        asked = read_query(request.query_params, Sent)
        data = await self._inbox.take(request, asked.name)
        return await self._understood(data.name, asked)

    async def look(self, request: Request) -> Response:
        """Say what a file is taken for with other columns."""
        self._check_able()
        return await self._understood(request.path_params["name"], read_query(request.query_params, Sent))

    async def start(self, request: Request) -> Response:
        """Train on a file that was sent."""
        self._check_able()
        asked = decoded(_START, await read_body(request))
        async with self._starting:
            self._check_free()
            await self._learn(self._work.data(asked.data), asked.text, asked.label)
        return self._said()

    async def learn(self, labels: Path, name: str) -> None:
        """Train on a file of labels as it is now, which another place than the folder of sent files keeps.

        Args:
            labels: the file.
            name: of the model, but for what no name may have.

        Raises:
            Problem: nothing can be learned from it, or not now.
        """
        self._check_able()
        async with self._starting:
            self._check_free()
            data = await asyncio.to_thread(lambda: self._work.write(labels.read_bytes(), name))
            await self._learn(data)
            self.labels = labels

    async def again(self, request: Request) -> Response:
        """Train a model on its data with corrections; it answers if the rows held out do not show it worse."""
        self._check_able()
        asked = decoded(_AGAIN, await read_body(request))
        async with self._starting:
            self._check_free()
            served = chosen(self._models(), asked.model)
            if served.model.task.parts:
                raise Problem(422, f"the model {served.name} has several targets", field="/model")
            origin = origin_of(self._work, served, asked)
            try:
                corrected = await asyncio.to_thread(corrected_rows, self._work, served, origin, asked.corrections)
            except RereadError as error:
                raise Problem(422, self._work.spoken(str(error)), field="/corrections") from error
            out = self._work.new_model(served.name)
            data = await asyncio.to_thread(self._work.write, corrected.lines().encode(), f"{served.name}-corrected")
            self._work.remember(out, Origin(data.name, "text", corrected.column))
            self._begin(out, "corrected", served, partial(self._retrain, out, data, corrected, served))
        return self._said()

    async def state(self, _: Request) -> Response:
        """How far it is."""
        return await asyncio.to_thread(self._said)

    async def resume(self, _: Request) -> Response:
        """Go on with the training that was stopped."""
        self._check_able()
        async with self._starting:
            self._check_free()
            if self._training is None or self._goes_on is None or not self._training.resumable:
                raise Problem(BUSY, "there is no training that was stopped and can go on")
            self._goes_on()
        return self._said()

    async def cancel(self, _: Request) -> Response:
        """Stop the training."""
        await self._cancel()
        return self._said()

    async def use(self, request: Request) -> Response:
        """Answer with the model that was trained last."""
        asked = decoded(_NAMED, await read_body(request))
        served = chosen(self._models(), asked.model)
        if self._training is None or self._last.state != "done":
            raise Problem(BUSY, "there is no model that was trained to its end")
        await self._take(served, await self._open(served.name, self._training.out))
        return self._said()

    async def go_back(self, request: Request) -> Response:
        """Answer with the model again that was replaced last."""
        asked = decoded(_NAMED, await read_body(request))
        before = self._replaced.pop(asked.model, None)
        if before is None:
            raise Problem(BUSY, "there is no model to go back to")
        await self._put(before)
        self._last.answering = None
        return self._said()

    async def report(self, _: Request) -> Response:
        """The report of the model that was trained last."""
        page = None if self._training is None else self._training.out / REPORT
        if page is None or not page.is_file():
            raise Problem(404, "there is no such report")
        return report_page(await asyncio.to_thread(page.read_text, encoding="utf-8"))

    async def _learn(self, data: Path, text: str | None = None, label: str | None = None) -> None:
        """Begin to train on a file of the folder."""
        found = await asyncio.to_thread(understand, data, text, label)
        if found.why is not None or found.text is None or found.label is None:
            raise Problem(422, found.why or "nothing can be learned from this file", field="/data")
        out = self._work.new_model(self._work.stem(data))
        named = {"text": text, "label": label}
        options = [f"--{name}={value}" for name, value in named.items() if value is not None]
        self._work.remember(out, Origin(data.name, found.text, found.label))
        self._begin(out, "new", None, partial(self._train, out, data, options))

    async def _understood(self, name: str, asked: Sent) -> Response:
        data = self._work.data(name)
        async with self._inbox.reading:  # one file at a time is in memory
            found = await asyncio.to_thread(understand, data, asked.text, asked.label, asked.encoding)
        if found.why is not None:
            found.why = self._work.spoken(found.why)
        return _json(found)

    def _begin(
        self,
        out: Path,
        purpose: Literal["new", "corrected"],
        served: Served | None,
        work: Callable[..., Coroutine[Any, Any, None]],
    ) -> None:
        if self._training is not None and self._training.out != out:
            self._training.forget()
            self.labels = None
        self._training = Training(out, self._work.spoken)
        self._goes_on = partial(self._begin, out, purpose, served, partial(work, more=["--resume"]))
        model = None if served is None else served.name
        self._last = State(able=True, state="running", purpose=purpose, name=out.stem, model=model)
        self._task = asyncio.create_task(self._kept(work()))

    async def _kept(self, work: Coroutine[Any, Any, None]) -> None:
        """Work whose failure is told."""
        try:
            await work
        except (RereadError, Problem, OSError, ValueError) as error:
            logger.warning("the training failed: %s", error)
            self._last.state, self._last.why = "failed", self._work.spoken(str(error))

    async def _train(self, out: Path, data: Path, options: Sequence[str], *, more: Sequence[str] = ()) -> None:
        training = self._training
        if training is None:
            return
        await training.run(data, [*options, *self._options, *more])
        last = self._last
        last.why, last.figures, last.seconds = training.why, training.figures, training.seconds
        last.report, last.resumable, last.state = (out / REPORT).is_file(), training.resumable, training.state

    async def _retrain(
        self, out: Path, data: Path, corrected: Corrected, served: Served, *, more: Sequence[str] = ()
    ) -> None:
        await self._train(out, data, corrected.options(), more=more)
        if self._last.state != "done":
            return
        self._last.state = "deciding"
        candidate = await self._open(served.name, out)
        verdict = await asyncio.to_thread(judged, candidate, served, corrected)
        self._last.verdict = f"{verdict.sentence()} {verdict.corrected}"
        if not verdict.worse and self._models().get(served.name) is served:
            await self._take(served, candidate)
        self._last.state = "done"

    async def _take(self, before: Served, now: Served) -> None:
        await self._put(now)
        self._replaced = {now.name: before}
        self._last.answering = now.name

    async def _open(self, name: str, path: Path) -> Served:
        try:
            return await asyncio.to_thread(self._opener, name, path)
        except (RereadError, OSError) as error:
            raise Problem(422, self._work.spoken(str(error))) from error

    async def _cancel(self) -> None:
        if self._training is not None:
            await self._training.cancel()
        if self._task is not None:
            await asyncio.wait([self._task])

    def _check_able(self) -> None:
        if not self._last.able:
            raise Problem(501, MISSING)

    def _check_free(self) -> None:
        if self._task is not None and not self._task.done():
            raise Problem(BUSY, "a training is under way; wait for its end, or cancel it")

    def last(self) -> State:
        """What is trained, or was last."""
        last = self._last
        if not last.able:
            return State(able=False, why=MISSING)
        last.progress = None if self._training is None else self._training.progress()
        models = self._models()
        last.origins = [name for name, each in models.items() if self._work.origin(each.path) is not None]
        last.back = [*self._replaced]
        return last

    def _said(self) -> Response:
        return _json(self.last())


_START = msgspec.json.Decoder(Start)
_AGAIN = msgspec.json.Decoder(Again)
_NAMED = msgspec.json.Decoder(Named)


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type=JSON)
