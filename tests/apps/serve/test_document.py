"""The OpenAPI document: its examples work as printed, and what comes back is what it says."""

from __future__ import annotations

import csv
import json
import re
from typing import Any

import pytest

from support.serving import Reply, Serving

pytest.importorskip("uvicorn")
import msgspec

from reread.apps.serve.classifiers import Score
from reread.apps.serve.examples import EXAMPLES
from reread.apps.serve.replies import AnswerLine, Answers, Columns, Health, Models, Neighbours, ProblemDetails

CASES = [
    (path, kind, name) for path, kinds in EXAMPLES.items() for kind, examples in kinds.items() for name in examples
]


def sent(server: Serving, path: str, kind: str, value: Any) -> Reply:
    """An example as its media type has it."""
    if kind == "multipart/form-data":
        parts = [
            f'--edge\r\ncontent-disposition: form-data; name="{name}"; filename="{name}.csv"\r\n'
            f"content-type: text/csv\r\n\r\n{content}\r\n"
            for name, content in value.items()
        ]
        body = "".join([*parts, "--edge--\r\n"]).encode()
        return server.ask(path, body, {"content-type": f"{kind}; boundary=edge"})
    return server.ask(path, value.encode() if isinstance(value, str) else value, {"content-type": kind})


def read(reply: Reply) -> list[Any]:
    """The answers, of the type that the document says they have."""
    kind = reply.headers["content-type"].partition(";")[0]
    if kind == "text/csv":
        return list(csv.DictReader(reply.body.decode().splitlines()))
    if kind == "application/x-ndjson":
        return msgspec.json.Decoder(AnswerLine).decode_lines(reply.body)
    if "columns" in (said := reply.json()):
        return [None] * msgspec.json.decode(reply.body, type=Columns).rows
    if "neighbours" in said:
        return msgspec.json.decode(reply.body, type=Neighbours).neighbours[:1]
    if isinstance(said, dict):
        return msgspec.json.decode(reply.body, type=Answers).answers
    lists = said if isinstance(said[0], list) else [said]
    return msgspec.convert(lists, list[list[Score]])


@pytest.mark.parametrize(("path", "kind", "name"), CASES)
def test_examples_work_as_printed(one: Serving, path: str, kind: str, name: str) -> None:
    said = one.ask("/openapi.json").json()["paths"][path]["post"]
    example = said["requestBody"]["content"][kind]["examples"][name]["value"]
    reply = sent(one, path, kind, example)
    assert reply.status == 200
    assert reply.headers["content-type"].partition(";")[0] in said["responses"]["200"]["content"]
    assert len(read(reply)) == (3 if name == "lines" else 1 if name in {"one", "best"} else 2)


def test_what_is_read_is_what_the_document_says(one: Serving, many: Serving) -> None:
    for server in (one, many):
        msgspec.json.decode(server.ask("/v1/models").body, type=Models)
    msgspec.json.decode(one.ask("/healthz").body, type=Health)
    for path, body in (("/v1/predict", {"text": 5}), ("/v1/files?sets=5", b"text\na\n"), ("/v1/models/x/report", None)):
        msgspec.json.decode(one.ask(path, body).body, type=ProblemDetails)


def test_the_document_describes_each_path_and_nothing_else(one: Serving) -> None:
    said = one.ask("/openapi.json").json()
    named = re.findall(r'"\$ref": ?"#/components/schemas/(\w+)"', json.dumps(said))
    assert set(named) == said["components"]["schemas"].keys()
    fields = said["components"]["schemas"]["Predict"]["properties"]
    assert fields.keys() == {"text", "texts", "model", "explain", "members", "abstain_below", "sets", "interval"}
    asked = {each["name"] for each in said["paths"]["/v1/files"]["post"]["parameters"]}
    assert asked == {"model", "text", "encoding", "abstain_below", "sets", "interval"}
    for path, operations in said["paths"].items():
        (method,) = operations
        place = path.format(name="model_v1")
        assert one.ask(place, b"{}", method={"get": "PUT", "post": "GET"}[method]).status == 405
        if method == "get":
            reply = one.ask(place)
            assert str(reply.status) in operations["get"]["responses"]
