"""The body of a request: read in bounded time, and what it says, or the field that is wrong."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from reread.web.problems import Problem
from reread.web.streams import check_length, kind_of, pieces_of

T = TypeVar("T")
JSON = "application/json"
PLACE = re.compile(r"^(.*?)(?: - at `\$(.*)`)?$", re.DOTALL)
UNKNOWN = re.compile(r"unknown field `(.*)`$", re.DOTALL)
TOO_MANY = re.compile(r"`array` of length <= (\d+)$")


def decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """What a body says.

    Raises:
        Problem: 400 if it is no JSON, 413 if there are too many texts, 422 with the field if that is wrong.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem(400, f"this is no JSON in UTF-8: {error}") from error


def place_in(message: str) -> tuple[str, str]:
    """What msgspec says is wrong, and where."""
    found = PLACE.match(message)
    return (found[1], found[2] or "") if found else (message, "")


async def read_body(request: Request, kind: str | None = JSON, *, most: int, seconds: float) -> bytes:
    """The body of a request.

    Args:
        request: the request.
        kind: its type, by its header; None: any.
        most: bytes.
        seconds: in which it must have come.

    Raises:
        Problem: 415 for another type, 413 if it is too long, 408 if it takes too long.
    """
    if kind is not None and kind_of(request) != kind:
        raise Problem(415, f"the header Content-Type is {kind_of(request)!r}; expected {kind}")
    check_length(request, most)
    body = bytearray()
    try:
        async for piece in pieces_of(request, most, silence=seconds, seconds=seconds):
            body += piece
    except ClientDisconnect as error:
        raise Problem(400, "the connection ended before the body did", close=True) from error
    return bytes(body)


def _invalid(message: str) -> Problem:
    said, place = place_in(message)
    field = re.sub(r"\[(\d+)\]", r"/\1", place.replace(".", "/"))
    too_many = TOO_MANY.search(said)
    if too_many:
        return Problem(413, f"expected at most {int(too_many[1]):,} texts in a request", field=field)
    unknown = UNKNOWN.search(said)
    if unknown:
        field += "/" + unknown[1].replace("~", "~0").replace("/", "~1")
    return Problem(422, said, field=field)
