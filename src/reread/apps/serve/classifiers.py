"""Classes and their probabilities in the form of other servers of classifiers, for the clients that exist.

`POST /predict` of text-embeddings-inference (https://huggingface.co/docs/text-embeddings-inference), and the task
text-classification of Hugging Face's endpoints (https://huggingface.co/docs/inference-providers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from reread.apps.serve import limits
from reread.apps.serve.desk import Desk
from reread.apps.serve.query import read_query
from reread.apps.serve.requests import read_body
from reread.apps.serve.served import Served, chosen
from reread.apps.serve.waiting import Question
from reread.web.bodies import decoded
from reread.web.problems import Problem

FIELD = "/inputs"


class Parameters(msgspec.Struct, frozen=True):
    """What Hugging Face's clients ask for besides.

    Attributes:
        top_k: how many classes, the most probable ones.
        function_to_apply: cannot be chosen.
    """

    top_k: Annotated[int, Meta(ge=1, description="How many classes, the most probable ones.")] | None = None
    function_to_apply: Annotated[str, Meta(description="Refused: probabilities are as they are.")] | None = None


class Inputs(msgspec.Struct, frozen=True):
    """Texts to classify; of other fields nothing is read.

    Attributes:
        inputs: one text, or several, each alone or in a list of its own.
        parameters: given by clients of Hugging Face, who expect a list in a list for one text, too.
        raw_scores: cannot be given.
    """

    inputs: Annotated[
        str | Annotated[list[str | Annotated[list[str], Meta(max_length=2)]], Meta(max_length=limits.TEXTS)],
        Meta(description="One text, or several, each alone or in a list of its own; no pairs."),
    ]
    parameters: Parameters | None = None
    raw_scores: Annotated[bool, Meta(description="Refused where it is true: there are probabilities only.")] = False

    def texts(self) -> list[str]:
        """The texts.

        Raises:
            Problem: there is a pair of them, or none in a list.
        """
        if isinstance(self.inputs, str):
            return [self.inputs]
        found = []
        for place, each in enumerate(self.inputs):
            given = [each] if isinstance(each, str) else each
            if len(given) != 1:
                said = "the model reads one text at a time, no pairs; expected a list of one text"
                raise Problem(422, said, field=f"{FIELD}/{place}")
            found += given
        return found

    def check(self) -> None:
        """Refuse what cannot be given.

        Raises:
            Problem: 422, with the field.
        """
        if self.raw_scores:
            raise Problem(422, "there are no raw scores, only probabilities; leave it out", field="/raw_scores")
        if self.parameters is not None and self.parameters.function_to_apply is not None:
            said = "the probabilities are what the model was trained and calibrated for; leave it out"
            raise Problem(422, said, field="/parameters/function_to_apply")


class ModelName(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The model, in the address.

    Attributes:
        model: its name; not needed where there is one.
    """

    model: Annotated[str, Meta(description="The model's name; not needed where there is one.")] | None = None


class Score(msgspec.Struct):
    """A class of a text, and its probability."""

    label: str
    score: Annotated[float, Meta(ge=0, le=1)]


_DECODER = msgspec.json.Decoder(Inputs)


async def classify(desk: Desk, request: Request) -> Response:
    """The classes of texts with their probabilities, the most probable ones first.

    Raises:
        Problem: the request is not let in, or asks for what cannot be given.
    """
    await desk.admit(request)
    asked = decoded(_DECODER, await read_body(request))
    asked.check()
    served = _classifier(desk.models, read_query(request.query_params, ModelName).model)
    answers = await desk.answers(served, Question(served), asked.texts(), request, field=FIELD)
    for place, answer in enumerate(answers):
        if answer["error"]:
            field = FIELD if isinstance(asked.inputs, str) else f"{FIELD}/{place}"
            raise Problem(422, answer["error"], field=field)
    most = asked.parameters.top_k if asked.parameters else None
    lists = [_scores(answer["probabilities"])[:most] for answer in answers]
    alone = isinstance(asked.inputs, str) and asked.parameters is None
    return Response(msgspec.json.encode(lists[0] if alone else lists), media_type="application/json")


def _classifier(models: Mapping[str, Served], name: str | None) -> Served:
    try:
        served = chosen(models, name)
    except Problem as problem:
        problem.parameter = "model"
        raise
    classes = served.model.task.class_names()
    if classes is None or isinstance(classes, Mapping):
        kind = "numbers" if classes is None else "several targets at once"
        raise Problem(422, f"the model {served.name} answers {kind}, which this form cannot hold; use /v1/predict")
    return served


def _scores(probabilities: Mapping[str, float]) -> Sequence[dict[str, Any]]:
    ordered = sorted(probabilities.items(), key=lambda each: -each[1])
    return [{"label": label, "score": score} for label, score in ordered]
