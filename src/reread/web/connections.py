"""One connection: its number and its time are bounded."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from reread.typing import override
from reread.web.problems import MEDIA_TYPE, Problem

MOST = 1000
HEAD_SECONDS = 10.0
FULL = Problem(503, f"all {MOST:,} connections are in use; try again later", retry_after=1, close=True)


class Connection(HttpToolsProtocol):
    """Closed if a request's head takes too long; refused if there are too many."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) > MOST:
            body = FULL.body()
            head = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **FULL.headers}
            lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
            transport.write(f"HTTP/1.1 503 Service Unavailable\r\n{lines}\r\n".encode() + body)
            transport.close()

    @override
    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._await_head()  # what begins a request on a connection that is kept has a limit, too
        super().data_received(data)

    @override
    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        idle = self.cycle is None or self.cycle.response_complete
        if self._head is None and idle:
            self._head = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None
