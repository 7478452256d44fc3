"""The paths of the labelling page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from reread.web.labelling.desk import LabelDesk
from reread.web.pages import page_routes

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]
Asked: TypeAlias = Callable[[LabelDesk, Request], Awaitable[Response]]
DeskOf: TypeAlias = Callable[[Request], AbstractAsyncContextManager[LabelDesk]]

LABEL = "/v1/label"
TRAINING, RULES = f"{LABEL}/training", f"{LABEL}/rules"
ASKED: dict[tuple[str, str], Asked] = {
    ("GET", LABEL): LabelDesk.state,
    ("POST", LABEL): LabelDesk.give,
    ("POST", f"{LABEL}/skip"): LabelDesk.skip,
    ("POST", f"{LABEL}/undo"): LabelDesk.undo,
    ("GET", RULES): lambda desk, request: desk.rules.state(request),
    ("POST", RULES): lambda desk, request: desk.rules.add(request),
    ("POST", f"{RULES}/try"): lambda desk, request: desk.rules.try_one(request),
    ("POST", f"{RULES}/remove"): lambda desk, request: desk.rules.remove(request),
    ("GET", TRAINING): lambda desk, request: desk.training.state(request),
    ("POST", TRAINING): lambda desk, request: desk.training.start(request),
    ("POST", f"{TRAINING}/cancel"): lambda desk, request: desk.training.cancel(request),
    ("GET", f"{TRAINING}/report"): lambda desk, request: desk.training.report(request),
}


def label_routes(
    desk_of: DeskOf,
    *,
    under: str = "",
    wrapped: Callable[[Handler], Any] = lambda handle: handle,
) -> list[Route]:
    """The page, and what it asks.

    Args:
        desk_of: who answers a request, for as long as it is answered.
        under: where the page stands.
        wrapped: makes of each handler what the route calls.
    """
    asked = [
        Route(f"{under}{path}", wrapped(_by(desk_of, ask)), methods=[method]) for (method, path), ask in ASKED.items()
    ]
    return [*page_routes("label.html", under=under), *asked]


def _by(desk_of: DeskOf, ask: Asked) -> Handler:
    async def handle(request: Request) -> Response:
        async with desk_of(request) as desk:
            return await ask(desk, request)

    return handle
