"""Pages for people: the files in `assets/`, which are the same for everyone, so they need no token."""

from __future__ import annotations

import re
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
LABELLING = "/label/{name}"  # below which a server of several labellings has the page of each
_OF_LABELLING = re.compile(r"/label/[^/]+(/.*)")


def page_routes(first: str, *, under: str = "") -> list[Route]:
    """The paths of the files, and one of them as the page.

    Args:
        first: its name.
        under: where it stands, without the last slash; its files stand below it, so that it can name them without
            knowing where.
    """
    return [Route(f"{under}{path}", _handler(name)) for path, name in {"/": first, **_USED}.items()]


def is_of_page(path: str) -> bool:
    """Whether a path leads to a page or its files, be it that of a labelling, and of one that is not there."""
    found = _OF_LABELLING.fullmatch(path)
    return path in PATHS or (found is not None and found[1] in PATHS)


def _handler(name: str) -> Callable[[Request], Awaitable[Response]]:
    content, kind = _ASSETS[name].read_bytes(), KINDS[name.rpartition(".")[2]]

    async def answer(_: Request) -> Response:
        return Response(content, media_type=kind, headers={"content-security-policy": POLICY})

    return answer
