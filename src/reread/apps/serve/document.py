"""The OpenAPI document, made of the same types that read requests, and of those that replies have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from reread.apps.serve.requests import Predict
from reread.version import __version__
from reread.web.problems import MEDIA_TYPE

EXAMPLES = {
    "one": {"summary": "One text", "value": {"text": "a lovely warm film"}},
    "many": {"summary": "Several texts", "value": {"texts": ["a lovely warm film", "a dull cold film"]}},
}
WRONG = {
    400: "The body is no JSON in UTF-8.",
    401: "No token, or a wrong one.",
    403: "The header Host is not this server's, or a page of another site asks.",
    408: "The body did not come in time.",
    413: "The body is too long, or has too many texts or tokens.",
    415: "The header Content-Type is not application/json.",
    422: "A field is wrong, or the model cannot give what is asked.",
    429: "The server is full; Retry-After says when there will be room.",
    501: "The explanation needs an extra that is not installed.",
    503: "The server is going down, or has too many connections.",
}


class Answer(msgspec.Struct):
    """The answer to one text; of a joint model each value is an object with one value a target."""

    prediction: Any
    probabilities: Annotated[dict[str, Any], Meta(description="By class.")] | None
    error: Annotated[str, Meta(description="Why there is no answer.")] | None
    abstained: Any = UNSET
    set: Any = UNSET
    lower: Any = UNSET
    upper: Any = UNSET
    explanations: list[dict[str, Any]] | UnsetType = UNSET


class Answers(msgspec.Struct):
    """The answers, one a text, in order."""

    model: str
    answers: list[Answer]


class Model(msgspec.Struct):
    """A model, and what can be asked of it."""

    name: str
    task: str
    classes: Any
    config: Annotated[dict[str, Any], Meta(description="The task's settings, as in the model folder.")]
    answers: Annotated[str, Meta(description="What of it answers: stack, network or linear.")]
    checksum: Annotated[str, Meta(description="Of the model's files: another one, another model.")]
    options: list[str]
    card: str | None
    report: Annotated[str, Meta(description="The path of its report.")] | None


class Models(msgspec.Struct):
    """The models that answer."""

    models: list[Model]


class Named(msgspec.Struct):
    """A model that is compared."""

    name: str
    checksum: str


class Disagreement(msgspec.Struct):
    """Two answers to one text."""

    at: str
    characters: Annotated[int, Meta(description="Of the text.")]
    answer: dict[str, Any]
    shadow: dict[str, Any]
    text: Annotated[str, Meta(description="With --shadow-texts only.")] | UnsetType = UNSET


class Comparison(msgspec.Struct):
    """How often the shadow disagrees with the model that answers."""

    model: Named
    shadow: Named
    compared: int
    disagree: int
    left_out: Annotated[int, Meta(description="Texts that the shadow did not answer.")]
    sentence: Annotated[str, Meta(description="How often they disagree, and whether chance explains it.")]
    examples: Annotated[list[Disagreement], Meta(description="The newest.")]


class FieldError(msgspec.Struct):
    """What is wrong with a field."""

    pointer: Annotated[str, Meta(description="The field, such as #/texts/1.")]
    detail: str


class ProblemDetails(msgspec.Struct):
    """Why a request has no answer: RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | UnsetType = UNSET


def document() -> dict[str, Any]:
    """What can be asked, and what comes back."""
    kinds = (Predict, Answers, Models, Comparison, ProblemDetails)
    refs, schemas = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    asked, answers, models, comparison, problem = refs
    body = {"required": True, "content": {"application/json": {"schema": asked, "examples": EXAMPLES}}}
    wrong = {str(status): _reply(words, problem, MEDIA_TYPE) for status, words in WRONG.items()}
    answered = {"requestBody": body, "responses": {"200": _reply("The answers.", answers), **wrong}}
    listed = {"200": _reply("The models.", models), **{status: wrong[status] for status in ("401", "403")}}
    compared = {
        "200": _reply("The comparison.", comparison),
        "404": _reply("No second model answers.", problem, MEDIA_TYPE),
        **{status: wrong[status] for status in ("401", "403")},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "reread", "version": __version__},
        "security": [{}, {"token": []}],
        "paths": {
            "/v1/predict": {"post": {"summary": "Answer texts", **answered}},
            "/v1/explain": {"post": {"summary": "Answer texts, with what each word adds", **answered}},
            "/v1/shadow": {"get": {"summary": "How often a second model disagrees", "responses": compared}},
            "/v1/models": {"get": {"summary": "The models that answer", "responses": listed}},
        },
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _reply(words: str, schema: Mapping[str, Any], kind: str = "application/json") -> dict[str, Any]:
    return {"description": words, "content": {kind: {"schema": schema}}}
