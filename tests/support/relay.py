"""A connection between a browser and a server that can be lost."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import SplitResult


class Relay(socketserver.ThreadingTCPServer):
    """Passes on, on a port of its own, what a browser and a server say to each other.

    `broken`: while it is set, what the server replies is lost, and the connection with it.
    `lost`: how many replies were.
    """

    daemon_threads = True

    def __init__(self, server: SplitResult) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.behind, self.broken, self.lost = server, threading.Event(), 0
        self.address = server._replace(netloc=f"127.0.0.1:{self.server_address[1]}")


class _Connection(socketserver.BaseRequestHandler):
    server: Relay

    def handle(self) -> None:
        with socket.create_connection((self.server.behind.hostname, self.server.behind.port)) as server:
            asking = threading.Thread(target=self._pass_on_questions, args=[server], daemon=True)
            asking.start()
            with suppress(OSError):  # one of them is gone
                while said := server.recv(65536):
                    if self.server.broken.is_set():
                        self.server.lost += 1
                        break
                    self.request.sendall(said)
            _close(self.request)
            _close(server)
            asking.join()

    def _pass_on_questions(self, server: socket.socket) -> None:
        with suppress(OSError):  # one of them is gone
            while asked := self.request.recv(65536):
                server.sendall(asked)
        _close(server)


def _close(connection: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def relayed(server: SplitResult) -> Iterator[Relay]:
    """The relay, for as long as it is needed."""
    with Relay(server) as relay:
        threading.Thread(target=relay.serve_forever, daemon=True).start()
        try:
            yield relay
        finally:
            relay.shutdown()
