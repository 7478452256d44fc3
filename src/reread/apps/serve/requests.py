"""What a request says, or the field that is wrong."""

from __future__ import annotations

import re
from typing import Annotated, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import ClientDisconnect, Request

from reread.apps.serve import limits
from reread.scoring.predict_options import PredictOptions
from reread.web.problems import Problem
from reread.web.streams import check_length, kind_of, pieces_of

T = TypeVar("T")
JSON = "application/json"
PLACE = re.compile(r"^(.*?)(?: - at `\$(.*)`)?$", re.DOTALL)
UNKNOWN = re.compile(r"unknown field `(.*)`$", re.DOTALL)


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """What is asked of texts.

    Attributes:
        model: the model's name; not needed where there is one.
        abstain_below: leave out answers with a smaller probability.
        sets: add classes that contain the true one with this frequency.
        interval: add the numbers between which the true one lies with this frequency.
    """

    model: Annotated[str, Meta(description="The model's name; not needed where there is one.")] | None = None
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

    def options(self) -> PredictOptions:
        """What is requested besides the answers."""
        return PredictOptions(abstain_below=self.abstain_below, sets=self.sets, interval=self.interval)


class Predict(Options, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """Texts to answer.

    Attributes:
        text: one text; or
        texts: several.
        explain: add what each word adds to the answer.
        members: add what the network and the linear member answer, each alone.
    """

    text: Annotated[str, Meta(description="One text; or `texts`.")] | UnsetType = UNSET
    texts: Annotated[list[str], Meta(max_length=limits.TEXTS, description="Several texts.")] | UnsetType = UNSET
    explain: Annotated[bool, Meta(description="Add what each word adds to the answer.")] = False
    members: Annotated[bool, Meta(description="Add what each member of the model answers alone.")] = False

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


_DECODER = msgspec.json.Decoder(Predict)


def read_predict(body: bytes) -> Predict:
    """The request in a body.

    Raises:
        Problem: 400 if it is no JSON, 413 if there are too many texts, 422 with the field if that is wrong.
    """
    return decoded(_DECODER, body)


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


def _invalid(message: str) -> Problem:
    said, place = place_in(message)
    field = re.sub(r"\[(\d+)\]", r"/\1", place.replace(".", "/"))
    if said.endswith(f"`array` of length <= {limits.TEXTS}"):
        return Problem(413, f"expected at most {limits.TEXTS:,} texts in a request", field=field)
    unknown = UNKNOWN.search(said)
    if unknown:
        field += "/" + unknown[1].replace("~", "~0").replace("/", "~1")
    return Problem(422, said, field=field)


async def read_body(request: Request, kind: str | None = JSON) -> bytes:
    """The body of a request, which has to be of a type by its header; None: any.

    Raises:
        Problem: 415 for another type, 413 if it is too long, 408 if it takes too long.
    """
    if kind is not None and kind_of(request) != kind:
        raise Problem(415, f"the header Content-Type is {kind_of(request)!r}; expected {kind}")
    check_length(request, limits.BODY)
    body = bytearray()
    try:
        async for piece in pieces_of(request, limits.BODY, silence=limits.SECONDS, seconds=limits.SECONDS):
            body += piece
    except ClientDisconnect as error:
        raise Problem(400, "the connection ended before the body did", close=True) from error
    return bytes(body)
