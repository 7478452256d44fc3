"""What a request says, or the field that is wrong."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import ClientDisconnect, Request

from reread.apps.serve import limits
from reread.scoring.predict_options import PredictOptions
from reread.web.problems import Problem

PLACE = re.compile(r"^(.*?)(?: - at `\$(.*)`)?$", re.DOTALL)
UNKNOWN = re.compile(r"unknown field `(.*)`$", re.DOTALL)


class Predict(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Texts to answer.

    Attributes:
        text: one text; or
        texts: several.
        model: the model's name; not needed where there is one.
        explain: add what each word adds to the answer.
        abstain_below: leave out answers with a smaller probability.
        sets: add classes that contain the true one with this frequency.
        interval: add the numbers between which the true one lies with this frequency.
    """

    text: Annotated[str, Meta(description="One text; or `texts`.")] | UnsetType = UNSET
    texts: Annotated[list[str], Meta(max_length=limits.TEXTS, description="Several texts.")] | UnsetType = UNSET
    model: Annotated[str, Meta(description="The model's name; not needed where there is one.")] | None = None
    explain: Annotated[bool, Meta(description="Add what each word adds to the answer.")] = False
    abstain_below: (
        Annotated[float, Meta(gt=0, le=1, description="Leave out answers with a smaller probability.")] | None
    ) = None
    sets: (
        Annotated[float, Meta(gt=0, lt=1, description="Add classes that contain the true one with this frequency.")]
        | None
    ) = None
    interval: (
        Annotated[float, Meta(gt=0, lt=1, description="Add numbers between which the true one is so often.")] | None
    ) = None

    def given(self) -> list[str]:
        """The texts.

        Raises:
            Problem: there is none, or the one and the others.
        """
        if isinstance(self.text, str) and isinstance(self.texts, UnsetType):
            return [self.text]
        if isinstance(self.texts, UnsetType):
            raise Problem(422, "expected text, or texts", field="/text")
        if isinstance(self.text, str):
            raise Problem(422, "expected text or texts, got both", field="/text")
        return self.texts

    def options(self) -> PredictOptions:
        """What is requested besides the answers."""
        return PredictOptions(abstain_below=self.abstain_below, sets=self.sets, interval=self.interval)


_DECODER = msgspec.json.Decoder(Predict)


def read_predict(body: bytes) -> Predict:
    """The request in a body.

    Raises:
        Problem: 400 if it is no JSON, 413 if there are too many texts, 422 with the field if that is wrong.
    """
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem(400, f"the body is no JSON in UTF-8: {error}") from error


def _invalid(message: str) -> Problem:
    found = PLACE.match(message)
    said, place = (found[1], found[2] or "") if found else (message, "")
    if "`array` of length" in said and place == ".texts":
        return Problem(413, f"expected at most {limits.TEXTS:,} texts in a request", field="/texts")
    field = re.sub(r"\[(\d+)\]", r"/\1", place.replace(".", "/"))
    unknown = UNKNOWN.search(said)
    if unknown:
        field += "/" + unknown[1].replace("~", "~0").replace("/", "~1")
    return Problem(422, said, field=field)


async def read_body(request: Request) -> bytes:
    """The body of a request, which has to be JSON by its header.

    Raises:
        Problem: 415 for another type, 413 if it is too long, 408 if it takes too long.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, f"the header Content-Type is {kind!r}; expected application/json")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limits.BODY:
        raise _too_long()
    try:
        async with asyncio.timeout(limits.SECONDS):
            return await _read(request)
    except TimeoutError as error:
        raise Problem(408, f"the body did not come within {limits.SECONDS:.0f} s", close=True) from error
    except ClientDisconnect as error:
        raise Problem(400, "the connection ended before the body did", close=True) from error


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limits.BODY:
            raise _too_long()
    return bytes(body)


def _too_long() -> Problem:
    return Problem(413, f"the body has more than {limits.BODY:,} bytes; send fewer texts at once")
