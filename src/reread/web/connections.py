"""One connection: their number, and the time and the length of a request's head, are bounded."""

from __future__ import annotations

import asyncio
import http
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from reread.typing import override
from reread.web.problems import MEDIA_TYPE, Problem

MOST = 1000
TURNED_AWAY = 100  # beyond them, while they linger
HEAD_SECONDS = 10.0
HEAD_BYTES = 65_536
UNREAD_SECONDS = 30.0  # in which a client must read something of a reply
LINGER_SECONDS = 5.0  # in all
LINGER_BYTES = 64 << 20


class Connection(HttpToolsProtocol):
    """Closed if a request's head, or the rest of a refused body, takes too long, or if a reply is not read.

    Told so if there are too many, if the head is too long, or if it speaks no HTTP. Where the client may still be
    sending, the connection lingers after its last reply (RFC 9112, section 9.6): it is closed for writing, and what
    comes is read and dropped, for a while. Closed at once, the kernel would answer it with a reset, on which the
    client fails before it has read the reply.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._head: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._in_head, self._head_bytes, self._dropped_bytes = False, 0, 0
        self.turned_away, self._server_ends = False, False

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) > MOST:
            self._turn_away()

    @override
    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._lingering is not None:
            self._dropped_bytes += len(data)
            if self._dropped_bytes > LINGER_BYTES:
                self.transport.close()
            return
        if self.cycle is None or self.cycle.response_complete:  # a new head, or the rest of a body that was refused
            self._await_head()
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.ended():
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
        self.cycle.transport = CycleTransport(self)  # type: ignore[assignment]

    @override
    def on_message_complete(self) -> None:
        self._stop_waiting()
        super().on_message_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._stop_unread()
        if self._lingering is not None:
            self._lingering.cancel()
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
    def on_response_complete(self) -> None:
        if self._lingering is None:
            super().on_response_complete()

    @override
    def shutdown(self) -> None:
        self._server_ends = True
        if self._lingering is not None:
            self.transport.close()
        super().shutdown()

    @override
    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "this is no HTTP/1.1 request")

    def ended(self) -> bool:
        """Whether the last reply has been sent."""
        return self._lingering is not None or self.transport.is_closing()

    def end_reply(self) -> None:
        """End the connection after a reply of the app, which may not have read all of the body."""
        if self.pipeline or not self.cycle.more_body:  # where a next request has come, all of this one has
            self.transport.close()
        else:
            self._linger()

    def _turn_away(self) -> None:
        """Refuse what is one too many; those that linger so take no room from others, and have little of their own."""
        away = sum(isinstance(each, Connection) and each.turned_away for each in self.connections)
        if len(self.connections) - away <= MOST:
            return
        self.turned_away = True
        self._refuse(503, f"all {MOST:,} connections are in use; try again later", linger=away < TURNED_AWAY)

    def _refuse(self, status: int, detail: str, *, linger: bool = True) -> None:
        """Say so without the app, and end the connection."""
        problem = Problem(status, detail, retry_after=1 if status == http.HTTPStatus.SERVICE_UNAVAILABLE else None)
        body = problem.body()
        head = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), "connection": "close", **problem.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        phrase = http.HTTPStatus(status).phrase
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:  # else amid a reply
            self.transport.write(f"HTTP/1.1 {status} {phrase}\r\n{lines}\r\n".encode() + body)
        if linger and not self.pipeline:  # else an earlier request is still answered
            self._linger()
        else:
            self.transport.close()

    def _linger(self) -> None:
        """Close for writing, and read on until the client closes, or its time, bytes or the server end."""
        if self.cycle is not None and not self.cycle.response_complete:  # the app gives up, as if the client were gone
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.ended():
            return
        if self._server_ends or self.transport.get_write_buffer_size():  # a client that does not read hears nothing
            self.transport.close()
            return
        try:
            self.transport.write_eof()
        except OSError:  # the client is gone
            self.transport.close()
            return
        self._unset_keepalive_if_required()
        self._lingering = self.loop.call_later(LINGER_SECONDS, self.transport.close)
        self.flow.resume_reading()

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


class CycleTransport:
    """All of a connection's transport that uvicorn's cycle of request and response uses; to close it ends a reply."""

    def __init__(self, connection: Connection) -> None:
        self.write = connection.transport.write
        self.is_closing = connection.ended
        self.close = connection.end_reply
