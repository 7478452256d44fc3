"""Pages for people: the files in `assets/`, which are the same for everyone, so they need no token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = "/page"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"  # browsers take no text for HTML, whatever a script does
)
KINDS = {"css": "text/css", "html": "text/html", "js": "text/javascript", "svg": "image/svg+xml"}
_ASSETS = {each.name: each for each in files("reread.web").joinpath("assets").iterdir()}
_USED = {f"{FOLDER}/{name}": name for name in _ASSETS if not name.endswith(".html")}  # by pages
PATHS = frozenset({"/", *_USED})


def page_routes(first: str) -> list[Route]:
    """The paths of the files, and one of them as the page at ``/``."""
    return [Route(path, _handler(name)) for path, name in {"/": first, **_USED}.items()]


def _handler(name: str) -> Callable[[Request], Awaitable[Response]]:
    content, kind = _ASSETS[name].read_bytes(), KINDS[name.rpartition(".")[2]]

    async def answer(_: Request) -> Response:
        return Response(content, media_type=kind, headers={"content-security-policy": POLICY})

    return answer
