"""The paths of the labelling page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reread.apps.label.training import LabelTraining
from reread.errors import DataError
from reread.label.background import Background
from reread.label.foretelling import Foretelling
from reread.label.labelling import Labelling, OvertakenError
from reread.label.state import Asked, State
from reread.web.bodies import decoded, read_body
from reread.web.pages import page_routes
from reread.web.problems import Problem, on_problem

LABEL = "/v1/label"
BODY = 64 << 10  # bytes of a request
SECONDS = 30.0  # in which it must have come
SHOWN = 100_000  # characters of a text


class Give(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A label.

    Attributes:
        row: of the text.
        label: a class, labels, or a number.
        again: whether the text was asked about again.
    """

    row: int
    label: str | float | list[str]
    again: bool = False


class Which(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The text that is skipped, or whose label is taken back.

    Attributes:
        row: of the text.
        again: whether it is the second answer to it that is taken back.
    """

    row: int
    again: bool = False


_GIVE, _WHICH = msgspec.json.Decoder(Give), msgspec.json.Decoder(Which)


class Desk:
    """Answers the page.

    Args:
        labelling: what it shows.
        blind: whether what the linear member says is shown only after the person's own answer.
        options: of `reread train`, for what the page trains.
    """

    def __init__(self, labelling: Labelling, *, blind: bool, options: Sequence[str] = ()) -> None:
        self.labelling, self.blind = labelling, blind
        self._training = LabelTraining(labelling.file.path, options)
        self._foretelling = Foretelling(labelling)
        self._background = [
            Background(lambda _: labelling.learn(), "learning"),
            Background(self._foretelling.renew, "foretelling"),
        ]

    def app(self) -> Starlette:
        """What a server runs."""
        return Starlette(
            routes=[
                *page_routes("label.html"),
                Route(LABEL, self.state, methods=["GET"]),
                Route(LABEL, self.give, methods=["POST"]),
                Route(f"{LABEL}/skip", self.skip, methods=["POST"]),
                Route(f"{LABEL}/undo", self.undo, methods=["POST"]),
                *self._training.routes(),
                Route("/healthz", self.healthz),
            ],
            lifespan=self._life,
            exception_handlers={Problem: on_problem, HTTPException: on_problem, Exception: on_problem},
        )

    def start(self) -> None:
        """Let the linear member learn from now on, and foretell what more labels would bring."""
        for each in self._background:
            each.start()

    def stop(self) -> None:
        """Let it learn no more."""
        for each in self._background:
            each.stop()

    async def state(self, _: Request) -> Response:
        """What is asked."""
        return self._said(await asyncio.to_thread(self.labelling.state))

    async def give(self, request: Request) -> Response:
        """Keep a label."""
        said = decoded(_GIVE, await read_body(request, most=BODY, seconds=SECONDS))
        return await self._changed(lambda: self.labelling.give(said.row, said.label, again=said.again))

    async def skip(self, request: Request) -> Response:
        """Ask about another text first."""
        said = decoded(_WHICH, await read_body(request, most=BODY, seconds=SECONDS))
        return await self._changed(lambda: self.labelling.skip(said.row))

    async def undo(self, request: Request) -> Response:
        """Take the last label back."""
        said = decoded(_WHICH, await read_body(request, most=BODY, seconds=SECONDS))
        return await self._changed(lambda: self.labelling.undo(said.row, again=said.again))

    async def healthz(self, _: Request) -> Response:
        """Whether the server lives."""
        return _json({"status": "ok"})

    @asynccontextmanager
    async def _life(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await self._training.end()

    async def _changed(self, change: Callable[[], State]) -> Response:
        """A change of the labels, which is finished even if nobody waits for it."""
        try:
            state = await asyncio.shield(asyncio.to_thread(change))
        except OvertakenError as error:
            raise Problem(409, str(error)) from error
        except DataError as error:
            raise Problem(422, str(error)) from error
        except OSError as error:
            raise Problem(500, f"{self.labelling.file.path} could not be written: {error.strerror or error}") from error
        for each in self._background:
            each.wake()
        return self._said(state)

    def _said(self, state: State) -> Response:
        return _json(
            {
                "question": self.labelling.question.for_page(),
                "asked": None if state.asked is None else self._asked(state.asked),
                "labelled": state.labelled,
                "texts": state.texts,
                "skipped": state.skipped,
                "counts": [{"name": name, "labels": count} for name, count in state.counts.items()],
                "last": None if state.last is None else asdict(state.last),
                "accuracy": None if state.accuracy is None else asdict(state.accuracy),
                "consistency": None if state.consistency is None else asdict(state.consistency),
                "learned": state.learned,
                "trouble": state.trouble,
                "foretold": self._foretold(),
                "blind": self.blind,
                "file": self.labelling.file.path.name,
            }
        )

    def _foretold(self) -> dict[str, Any] | None:
        """What more labels would bring; None: that is not known of this kind of answer."""
        if not self.labelling.question.foretells:
            return None
        found = self._foretelling.found
        curve = found.curve
        said = None if curve is None else {"sentence": curve.sentence(), "metric": curve.metric, **asdict(curve.gain)}
        return {"labels": found.labels, "gain": said, "why": found.why}

    def _asked(self, asked: Asked) -> dict[str, Any]:
        suggestion = None if self.blind or asked.suggestion is None else asdict(asked.suggestion)
        return {
            "row": asked.row,
            "text": asked.text[:SHOWN],
            "characters": len(asked.text),
            "how": asked.how,
            "again": asked.again,
            "suggestion": suggestion,
            "given": [{"by": by, "label": label} for by, label in asked.given],
        }


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
