"""Errors as problem details, RFC 9457."""

from __future__ import annotations

import http
import math
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818  # the RFC's word
    """A request that gets no answer.

    Args:
        status: HTTP's status code.
        detail: what is wrong, and what would be right.
        field: the JSON pointer of the field that is wrong, such as ``/texts/0``.
        parameter: the parameter of the address that is wrong.
        retry_after: seconds after which it is worth to try again.
        close: whether the connection ends with this answer.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        field: str | None = None,
        parameter: str | None = None,
        retry_after: float | None = None,
        close: bool = False,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.parameter = status, detail, field, parameter
        self.headers: dict[str, str] = {}
        if retry_after is not None:
            self.headers["retry-after"] = str(max(1, math.ceil(retry_after)))
        if close:
            self.headers["connection"] = "close"

    def body(self) -> bytes:
        """The problem details."""
        said: dict[str, Any] = {
            "type": "about:blank",
            "title": http.HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.parameter is not None:
            said["errors"] = [{"parameter": self.parameter, "detail": self.detail}]
        elif self.field is not None:
            said["errors"] = [{"pointer": f"#{self.field}", "detail": self.detail}]
        return msgspec.json.encode(said)

    def response(self) -> Response:
        """The answer that says it."""
        return Response(self.body(), self.status, self.headers, MEDIA_TYPE)


def on_problem(_: Request, error: Exception) -> Response:
    """Answer a `Problem`, or what Starlette raises of its own: no such path, another method."""
    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, HTTPException):
        problem = Problem(error.status_code, error.detail)
        problem.headers.update(error.headers or {})
        return problem.response()
    return Problem(500, "the server failed; its log says where").response()
