"""Where a server listens, and who may ask."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path

from reread.errors import ConfigError, DataError

BACKLOG = 2048
TOKEN = "REREAD_TOKEN"  # noqa: S105  # the variable's name
SHORTEST = 16


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0: any free one.

    Raises:
        ConfigError: the address cannot be used.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        found = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"{host}:{port} cannot be used: {error.strerror}") from error
    try:
        if os.name == "posix":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        raise ConfigError(f"{host}:{port} cannot be used: {error.strerror}; choose another port") from error
    return found


def url_of(listening: socket.socket) -> str:
    """The address for people."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine reaches it."""
    return ipaddress.ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback


def read_tokens(path: Path | None) -> list[bytes]:
    """The tokens that may ask, one a line of the file, else of the environment; none: everyone may.

    Raises:
        DataError: the file holds none, or one that is too short or no plain ASCII.
    """
    place = str(path) if path is not None else TOKEN
    words = path.read_text(encoding="utf-8") if path is not None else os.environ.get(TOKEN, "")
    tokens = [line.strip() for line in words.splitlines() if line.strip()]
    if path is not None and not tokens:
        raise DataError(f"{place} holds no token; write one on a line of its own")
    for token in tokens:
        if not (token.isascii() and token.isprintable() and " " not in token):
            raise DataError(f"{place}: a token has characters that no header can carry; use letters and digits")
        if len(token) < SHORTEST:
            raise DataError(f"{place}: a token has {len(token)} characters; expected at least {SHORTEST}")
    return [token.encode() for token in tokens]
