"""What the labelling page is told of a training on its labels."""

from __future__ import annotations

from typing import Literal, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from reread.web.bodies import JSON
from reread.web.training.run import Figures, Progress


class TrainingState(msgspec.Struct, kw_only=True):
    """A training on labels.

    Attributes:
        able: whether there can be one.
        state: of the one that is going on, or was last; None: there was none.
        why: it failed.
        name: of the model.
        progress: of it.
        figures: how good the model is.
        seconds: that it took.
        report: whether there is one.
        serve: the command that serves the model; None: a server has it already.
    """

    able: bool
    state: Literal["running", "deciding", "done", "failed", "cancelled"] | None = None
    why: str | None = None
    name: str | None = None
    progress: Progress | None = None
    figures: Figures | None = None
    seconds: float | None = None
    report: bool = False
    serve: str | None = None

    def response(self) -> Response:
        """As the page reads it."""
        return Response(msgspec.json.encode(self), media_type=JSON)


class LabelTraining(Protocol):
    """Trains on the labels that there are."""

    async def state(self, request: Request) -> Response:
        """How far it is: `TrainingState`."""

    async def start(self, request: Request) -> Response:
        """Begin."""

    async def cancel(self, request: Request) -> Response:
        """Stop."""

    async def report(self, request: Request) -> Response:
        """The report of the model, as a page."""
