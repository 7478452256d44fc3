"""Who is answered: the right host, no page of another site, and a token if one is asked for."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reread.web.origins import with_cors
from reread.web.pages import is_of_page
from reread.web.problems import Problem
from reread.web.rates import ANYONE, ASKER

LOCAL = {"localhost", "127.0.0.1", "[::1]"}
OPEN = {"/healthz", "/readyz"}  # what looks whether the server lives has no token, nor a page that asks for it
HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Lets requests through to an app, or says why not.

    Args:
        app: the app.
        hosts: names that the header Host may have, without port; None: any. On loopback the known ones only: else a
            page of a strange site, whose name leads to this machine, could read answers (DNS rebinding).
        tokens: one of which the header Authorization must have; none: everyone is answered. Which one it was is in the
            scope, see `reread.web.rates`.
        origins: those of other sites whose pages may ask, too.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Sequence[str] | None, tokens: Sequence[bytes], origins: Sequence[str] = ()
    ) -> None:
        self.app = app
        self.hosts = None if hosts is None else {*LOCAL, *hosts}
        self.tokens = tokens
        self.origins = set(origins)
        self._to_others = with_cors(self._answer, self.origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = dict(scope["headers"])
        try:
            listed = self._check_place(headers)
        except Problem as problem:
            await problem.response()(scope, receive, safely)
            return
        await (self._to_others if listed else self._answer)(scope, receive, safely)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            asker = self._asker(scope["path"], dict(scope["headers"]).get(b"authorization", b""))
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        await self.app({**scope, ASKER: asker}, receive, send)

    def _check_place(self, headers: Mapping[bytes, bytes]) -> bool:
        """Refuse strange hosts, and pages of other sites; whether a page asks that is one of the listed ones."""
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if self.hosts is not None and _name(host) not in self.hosts:
            raise Problem(403, f"the header Host is {host!r}; expected this server's address")
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1") in self.origins:
            return True
        if origin is not None and origin.decode("latin-1").lower().partition("://")[2] != host:
            raise Problem(403, "a page of another site asks; only pages of this server may")
        if headers.get(b"sec-fetch-site") == b"cross-site":
            raise Problem(403, "a page of another site asks; only pages of this server may")
        return False

    def _asker(self, path: str, given: bytes) -> int:
        """The number of the token."""
        if not self.tokens or path in OPEN or is_of_page(path):
            return ANYONE
        kind, _, token = given.partition(b" ")
        matches = [hmac.compare_digest(token.strip(), each) for each in self.tokens]  # all of them, in constant time
        if kind.lower() != b"bearer" or not any(matches):
            problem = Problem(401, "expected a token in the header Authorization: Bearer TOKEN")
            problem.headers["www-authenticate"] = "Bearer"
            raise problem
        return matches.index(True)


def _name(host: str) -> str:
    """A host without its port."""
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
