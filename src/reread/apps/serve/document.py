"""The OpenAPI document, made of the same types that read requests, and of those that replies have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from reread.apps.serve.classifiers import Inputs, ModelName, Score
from reread.apps.serve.examples import EXAMPLES
from reread.apps.serve.files import ColumnOptions, FileOptions
from reread.apps.serve.ndjson import NDJSON, Line
from reread.apps.serve.neighbours import PATH as NEIGHBOURS
from reread.apps.serve.neighbours import Near
from reread.apps.serve.replies import (
    AnswerLine,
    Answers,
    Columns,
    Comparison,
    Health,
    Models,
    Neighbours,
    ProblemDetails,
)
from reread.apps.serve.requests import Predict
from reread.apps.serve.uploads import CSV, FORM, PARQUET, TSV
from reread.version import __version__
from reread.web.bodies import JSON
from reread.web.problems import MEDIA_TYPE

ASKING = (Predict, Line, Near, Inputs)
KINDS = (*ASKING, Answers, AnswerLine, Score, Neighbours, Columns, Models, Comparison, Health, ProblemDetails)
TEXT, HTML, PLAIN = {"type": "string"}, "text/html", "text/plain"
WRONG = {
    400: "The body cannot be read.",
    401: "No token, or a wrong one.",
    403: "The header Host is not this server's, or a page of another site asks.",
    404: "There is no such thing.",
    408: "The body did not come in time.",
    413: "The body is too long, or has too many texts or tokens.",
    415: "The header Content-Type is another one.",
    422: "A field is wrong, or the model cannot give what is asked.",
    429: "The server is full, or this token has asked for too much; Retry-After says when there will be room.",
    501: "What is asked needs an extra that is not installed.",
    503: "The server is going down, or has too many connections.",
    504: "The answer took too long.",
}
READ = (401, 403)  # what can be wrong where something is only read
ASKED = tuple(status for status in WRONG if status != 404)
ONE_OF_TEXT = [{"required": ["text"]}, {"required": ["texts"]}]
Schema: TypeAlias = Mapping[str, Any]


def document(models: Iterable[str]) -> dict[str, Any]:
    """What can be asked, and what comes back.

    Args:
        models: the names of the models that answer.
    """
    refs, schemas = msgspec.json.schema_components(KINDS, ref_template="#/components/schemas/{name}")
    names = sorted(models)
    schemas["Predict"]["oneOf"] = ONE_OF_TEXT
    for kind in ("Predict", "Line", "Near"):
        schemas[kind]["properties"]["model"]["anyOf"][0]["enum"] = names
    ref = dict(zip(KINDS, refs, strict=True))
    wrong = {str(status): _reply(words, {MEDIA_TYPE: ref[ProblemDetails]}) for status, words in WRONG.items()}
    paths = {path: {"get": each} for path, each in _gets(ref, wrong, names).items()}
    paths |= {path: {"post": each} for path, each in _posts(ref, wrong, names).items()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "reread", "version": __version__},
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _gets(ref: Mapping[Any, Schema], wrong: Schema, names: Sequence[str]) -> dict[str, Any]:
    """What is only read."""

    def described(words: str, replies: Mapping[str, Schema], statuses: Sequence[int] = READ) -> dict[str, Any]:
        bad = {str(status): wrong[str(status)] for status in statuses}
        return {"summary": words, "responses": {"200": _reply(f"{words}.", replies), **bad}}

    name = {"name": "name", "in": "path", "required": True, "schema": {**TEXT, "enum": names}}
    return {
        "/v1/models": described("The models that answer", {JSON: ref[Models]}),
        "/v1/models/{name}/report": {
            "parameters": [name],
            **described("A model's report", {HTML: TEXT}, (*READ, 404)),
        },
        "/v1/shadow": described("How often a second model disagrees", {JSON: ref[Comparison]}, (*READ, 404)),
        "/openapi.json": described("This document", {JSON: {"type": "object"}}),
        "/metrics": described("Figures for Prometheus", {PLAIN: TEXT}),
        "/healthz": described("Whether the server lives", {JSON: ref[Health]}, (403,)),
        "/readyz": described("Whether it takes requests", {JSON: ref[Health]}, (403, 503)),
    }


def _posts(ref: Mapping[Any, Schema], wrong: Schema, names: Sequence[str]) -> dict[str, Any]:
    """What is asked of texts."""
    bad = {str(status): wrong[str(status)] for status in ASKED}
    near = {"404": _reply("The file that the model was trained on is not at hand.", {MEDIA_TYPE: ref[ProblemDetails]})}

    def described(
        path: str, words: str, asked: Mapping[str, Schema], replies: Mapping[str, Schema], query: Any = None
    ) -> dict[str, Any]:
        body = {kind: {"schema": schema, "examples": _examples(path, kind)} for kind, schema in asked.items()}
        return {
            "summary": words,
            **({"parameters": _parameters(query, names)} if query else {}),
            "requestBody": {"required": True, "content": body},
            "responses": {"200": _reply("The answers.", replies), **bad, **(near if path == NEIGHBOURS else {})},
        }

    lines = {**TEXT, "description": "A Line of JSON a text.", "contentSchema": ref[Line]}
    answered = {**TEXT, "description": "An AnswerLine of JSON a line.", "contentSchema": ref[AnswerLine]}
    texts, answers = {JSON: ref[Predict], NDJSON: lines}, {JSON: ref[Answers], NDJSON: answered}
    file = {**TEXT, "format": "binary"}
    form = {"type": "object", "required": ["file"], "additionalProperties": False, "properties": {"file": file}}
    files: dict[str, Schema] = {CSV: TEXT, TSV: TEXT, NDJSON: TEXT, PARQUET: file, FORM: form}
    rows = {CSV: TEXT, NDJSON: {**TEXT, "description": "An object a row."}}
    columns = {JSON: ref[Columns]}
    scores = {"type": "array", "items": ref[Score]}
    either: Schema = {"anyOf": [scores, {"type": "array", "items": scores}]}
    same = "Classes and probabilities, as text-embeddings-inference gives them"
    return {
        "/v1/predict": described("/v1/predict", "Answer texts", texts, answers),
        "/v1/explain": described("/v1/explain", "Answer texts, with what each word adds", texts, answers),
        NEIGHBOURS: described(
            NEIGHBOURS, "Rows of the training file like a text", {JSON: ref[Near]}, {JSON: ref[Neighbours]}
        ),
        "/v1/files": described("/v1/files", "Answer a file's rows", files, rows, FileOptions),
        "/v1/files/columns": described("/v1/files/columns", "A file's columns", files, columns, ColumnOptions),
        "/predict": described("/predict", same, {JSON: ref[Inputs]}, {JSON: either}, ModelName),
    }


def _parameters(kind: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    """The fields of a type as parameters of the address."""
    ((_,), schemas) = msgspec.json.schema_components((kind,))
    found = []
    for name, field in schemas[kind.__name__]["properties"].items():
        schema = {key: value for key, value in field["anyOf"][0].items() if key != "description"}
        if name == "model":
            schema["enum"] = names
        found.append({"name": name, "in": "query", "description": field["anyOf"][0]["description"], "schema": schema})
    return found


def _examples(path: str, kind: str) -> dict[str, Any]:
    return {name: {"summary": words, "value": value} for name, (words, value) in EXAMPLES[path][kind].items()}


def _reply(words: str, schemas: Mapping[str, Schema]) -> dict[str, Any]:
    return {"description": words, "content": {kind: {"schema": schema} for kind, schema in schemas.items()}}
