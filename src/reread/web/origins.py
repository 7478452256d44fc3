"""Pages of other sites that may ask."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from reread.errors import ConfigError

SECONDS = 600  # for which a browser may remember that it may ask


def origin_of(given: str) -> str:
    """An origin as browsers name it in the header Origin.

    Raises:
        ConfigError: it is none.
    """
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    whole = parts.path in {"", "/"} and not (parts.query or parts.fragment or parts.username)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "*" in given or not whole:
        raise ConfigError(f"{given!r} is no origin; expected one site such as https://example.com, without a path")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if port in {None, usual} else f":{port}")


def with_cors(app: ASGIApp, origins: set[str]) -> ASGIApp:
    """The app, telling browsers that pages of these origins may ask, and read what it answers."""
    return CORSMiddleware(
        app,
        allow_origins=sorted(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
        expose_headers=["retry-after"],
        max_age=SECONDS,
    )
