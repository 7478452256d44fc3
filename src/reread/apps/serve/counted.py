"""Routes whose requests are counted."""

from __future__ import annotations

import http
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from reread.apps.serve.metrics import Metrics
from reread.apps.serve.waiting import HungUpError
from reread.web.problems import Problem, on_problem

HUNG_UP = 499
Handler: TypeAlias = Callable[[Request], Awaitable[Response]]


class Counted:
    """Answers with a handler; what was asked, how it ended and how long it took stands in the figures."""

    def __init__(self, handle: Handler, metrics: Metrics) -> None:
        self._handle, self._metrics = handle, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started, status = time.perf_counter(), int(http.HTTPStatus.INTERNAL_SERVER_ERROR)

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        request = Request(scope, receive, noting)
        try:
            with self._metrics.held.track_inprogress():
                try:
                    await (await self._handle(request))(scope, receive, noting)
                except (Problem, HTTPException) as problem:
                    await on_problem(request, problem)(scope, receive, noting)
                except (HungUpError, ClientDisconnect):
                    await Response(status_code=HUNG_UP)(scope, receive, noting)
        finally:
            self._metrics.requests.labels(status).inc()
            self._metrics.seconds.observe(time.perf_counter() - started)
