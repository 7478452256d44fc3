"""The app of the labelling page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reread.apps.label.training import BesideLabels
from reread.web.bodies import JSON
from reread.web.labelling.desk import LabelDesk
from reread.web.labelling.routes import label_routes
from reread.web.problems import Problem, on_problem


def label_app(desk: LabelDesk, training: BesideLabels) -> Starlette:
    """What a server runs.

    Args:
        desk: answers the page.
        training: that the page can begin; it does not outlive the server.
    """

    @asynccontextmanager
    async def desk_of(_: Request) -> AsyncIterator[LabelDesk]:
        yield desk

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        await training.end()

    return Starlette(
        routes=[*label_routes(desk_of), Route("/healthz", _healthz)],
        lifespan=life,
        exception_handlers={Problem: on_problem, HTTPException: on_problem, Exception: on_problem},
    )


async def _healthz(_: Request) -> Response:
    """Whether the server lives."""
    return Response(msgspec.json.encode({"status": "ok"}), media_type=JSON)
