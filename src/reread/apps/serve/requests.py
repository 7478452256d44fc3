"""What a request says, or the field that is wrong."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request

from reread.apps.serve import limits
from reread.scoring.predict_options import PredictOptions
from reread.web import bodies
from reread.web.bodies import JSON, decoded
from reread.web.problems import Problem


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


async def read_body(request: Request, kind: str | None = JSON) -> bytes:
    """The body of a request, which has to be of a type by its header; None: any.

    Raises:
        Problem: 415 for another type, 413 if it is too long, 408 if it takes too long.
    """
    return await bodies.read_body(request, kind, most=limits.BODY, seconds=limits.SECONDS)
