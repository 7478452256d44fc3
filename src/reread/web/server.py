"""A server from its first line to its last answer."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from reread.typing import override
from reread.web.connections import Connection

LAST_CALLS = 0.2  # seconds in which connections that were made before the end are still taken


class Server(uvicorn.Server):
    """Runs an app on a socket until SIGINT or SIGTERM; every request that was taken is answered first.

    Args:
        app: the app.
        listening: the socket.
        ready: called when it answers.
        leaving: called when it is to end: new requests are to be refused from now on.
        worker: whether another process started it, and says by SIGTERM when it ends: more of them, and Ctrl-C in
            a terminal, change nothing.

    Attributes:
        stopped_by: the signal.
    """

    def __init__(
        self,
        app: ASGIApp,
        listening: socket.socket,
        *,
        ready: Callable[[], None],
        leaving: Callable[[], None],
        worker: bool = False,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=75,
            )
        )
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # what strangers send is no news
        self.stopped_by: int | None = None
        self._listening, self._ready, self._leaving, self._worker = listening, ready, leaving, worker

    def answer(self) -> None:
        """Answer until the end."""
        asyncio.run(self.serve(sockets=[self._listening]))

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._leaving()
        await asyncio.sleep(LAST_CALLS)
        await super().shutdown(sockets)

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Uvicorn's raises the signal again at the end, which would hide the exit code."""
        names = (signal.SIGTERM,) if self._worker else (signal.SIGINT, signal.SIGTERM)
        before = {name: signal.signal(name, self.handle_exit) for name in names}
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)

    @override
    def handle_exit(self, sig: int, frame: Any) -> None:
        self.stopped_by = sig
        self.should_exit = True
        if not self._worker:
            signal.signal(signal.SIGINT, signal.default_int_handler)  # the second time at once
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
