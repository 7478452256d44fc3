"""Replies that are sent while they are made, and bodies that are read piece by piece."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from reread.typing import override
from reread.web.problems import Problem

LOOKS = 0.2  # seconds after which a silent body is looked at again


class Streamed(Response):
    """A reply in pieces; unlike Starlette's it leaves the request's body to be read meanwhile.

    What cannot be made before the first piece is raised, and later ends the connection, so that nobody takes a part
    for the whole.

    Args:
        pieces: the pieces.
        last: the last piece of a reply that ends early, and says why; None: the connection ends.
        headers, media_type: as of any reply.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        *,
        last: Callable[[Problem], bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        media_type: str,
    ) -> None:
        super().__init__(headers=headers, media_type=media_type)
        del self.headers["content-length"]
        self._pieces, self._last = pieces, last
        self._started = False

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async for piece in self._pieces:
                await self._send(send, piece)
        except ClientDisconnect:
            return
        except Problem as problem:
            if self._last is None or not self._started:
                raise
            await self._send(send, self._last(problem))
        await self._send(send, b"", more=False)

    async def _send(self, send: Send, piece: bytes, *, more: bool = True) -> None:
        if not self._started:
            self._started = True
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": piece, "more_body": more})


async def pieces_of(
    request: Request, most: int, *, silence: float, seconds: float, leaving: Callable[[], bool] = lambda: False
) -> AsyncGenerator[bytes, None]:
    """The body of a request as it comes.

    Args:
        request: the request.
        most: bytes.
        silence: seconds in which a next piece must have come.
        seconds: in which all of it must have come.
        leaving: whether the server is going down: then what comes without a pause is taken still, for ``silence``.

    Raises:
        Problem: 413 if it is too long, 408 if it takes too long, 503 if the server is going down.
        ClientDisconnect: the client is gone.
    """
    size, more, end = 0, True, time.monotonic() + seconds
    while more:
        message = await _next_message(request, min(end, time.monotonic() + silence), leaving)
        end = min(end, time.monotonic() + silence) if leaving() else end
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body, more = message.get("body", b""), message.get("more_body", False)
        size += len(body)
        if size > most:
            raise too_long(most)
        if body:
            yield body


async def _next_message(request: Request, end: float, leaving: Callable[[], bool]) -> Message:
    while True:
        try:
            async with asyncio.timeout(min(LOOKS, end - time.monotonic())):
                return await request.receive()
        except TimeoutError as error:
            if leaving():
                raise Problem(503, "the server is going down", retry_after=1, close=True) from error
            if time.monotonic() >= end:
                raise Problem(408, "the body did not come in time", close=True) from error


def too_long(most: int) -> Problem:
    """A body has more bytes."""
    return Problem(413, f"the body has more than {most:,} bytes; send fewer texts at once")


def check_length(request: Request, most: int) -> None:
    """Refuse a body that says of itself that it is too long.

    Raises:
        Problem: 413.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most:
        raise too_long(most)


def kind_of(request: Request) -> str:
    """The media type of a body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
