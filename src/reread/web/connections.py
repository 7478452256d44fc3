"""One connection: their number, and the time and the length of a request's head, are bounded."""

from __future__ import annotations

import asyncio
import http
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from reread.typing import override
from reread.web.problems import MEDIA_TYPE, Problem

MOST = 1000
HEAD_SECONDS = 10.0
HEAD_BYTES = 65_536
UNREAD_SECONDS = 30.0  # in which a client must read something of a reply


class Connection(HttpToolsProtocol):
    """Closed if a request's head, or the rest of a refused body, takes too long, or if a reply is not read.

    Told so if there are too many, if the head is too long, or if it speaks no HTTP.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._in_head, self._head_bytes = False, 0

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) > MOST:
            self._refuse(503, f"all {MOST:,} connections are in use; try again later")

    @override
    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:  # a new head, or the rest of a body that was refused
            self._await_head()
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self._refuse(431, f"a request's head has more than {HEAD_BYTES:,} bytes")

    @override
    def on_message_begin(self) -> None:
        self._await_head()  # it may begin while the request before is answered
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    @override
    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    @override
    def on_message_complete(self) -> None:
        self._stop_waiting()
        super().on_message_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._stop_unread()
        super().connection_lost(exc)

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self._unread or self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_unread()

    @override
    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "this is no HTTP/1.1 request")

    def _refuse(self, status: int, detail: str) -> None:
        """Say so without the app, and end the connection."""
        problem = Problem(status, detail, retry_after=1 if status == http.HTTPStatus.SERVICE_UNAVAILABLE else None)
        body = problem.body()
        head = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), "connection": "close", **problem.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        phrase = http.HTTPStatus(status).phrase
        self.transport.write(f"HTTP/1.1 {status} {phrase}\r\n{lines}\r\n".encode() + body)
        self.transport.close()

    def _await_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _stop_unread(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
