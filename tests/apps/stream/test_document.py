"""The AsyncAPI document of a stream: its examples are what the model answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from reread import load
from reread.apps.stream import score_stream
from support.command_line import Command
from support.folders import OLD

pytest.importorskip("faststream")
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema

from reread.apps.stream.messages import to_json

KEPT = sorted((Path(__file__).parents[2] / "data").glob("folders_*/*.reread"))
BAD: list[dict[str, Any]] = [
    {"id": "none"},
    {"id": "blank", "text": " \n"},
    {"text": "who?"},
    {"id": ["x"], "text": "a list"},
    {"id": True, "text": "a film"},
    {"id": 1, "text": 5},
]


def described(reread: Command, model: Path, options: str = "--broker redis://127.0.0.1:9") -> dict[str, Any]:
    """The document, which is one of AsyncAPI 3."""
    outcome = reread(f"stream {model} --in texts --out answers --asyncapi - {options}")
    assert (outcome.code, outcome.err) == (0, "")
    said: dict[str, Any] = json.loads(outcome.out)
    ApplicationSchema.model_validate(said)
    for name, channel in said["channels"].items():
        assert channel["messages"] == {name: {"$ref": f"#/components/messages/{name}"}}
        assert said["operations"][name]["channel"] == {"$ref": f"#/channels/{name}"}
        assert said["operations"][name]["messages"] == [{"$ref": f"#/channels/{name}/messages/{name}"}]
    assert said["channels"].keys() == said["operations"].keys() == said["components"]["messages"].keys()
    return said


def shape(said: dict[str, Any], name: str) -> Draft7Validator:
    payload = said["components"]["messages"][name]["payload"]
    Draft7Validator.check_schema(payload)
    return Draft7Validator(payload)


def examples(said: dict[str, Any], name: str) -> list[Any]:
    return [each["payload"] for each in said["components"]["messages"][name]["examples"]]


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: f"{folder.parent.name}-{folder.stem}")
def test_the_examples_of_every_task_are_what_its_model_answers(folder: Path, reread: Command) -> None:
    said = described(reread, folder)
    for name in said["channels"]:
        assert examples(said, name)
        for each in examples(said, name):
            shape(said, name).validate(each)
    asked = examples(said, "text")
    answers = [json.loads(to_json(each)) for each in score_stream(load(folder), asked, name=folder.name)]
    assert [each["id"] for each in answers] == [each["id"] for each in asked]
    for answer, example in zip(answers, examples(said, "answer"), strict=True):
        shape(said, "answer").validate(answer)
        assert (answer["id"], answer["model"]) == (example["id"], example["model"])
        assert kinds(answer) == kinds(example)
        for wrong in ({"prediction": {"other": "x"}}, {"probabilities": 5}):
            assert not shape(said, "answer").is_valid(answer | wrong)
    for number, (each, outcome) in enumerate(zip(BAD, score_stream(load(folder), BAD), strict=True)):
        assert not shape(said, "text").is_valid(each), number
        shape(said, "dead_letter").validate(json.loads(to_json(outcome)))


def kinds(value: Any) -> Any:
    """The types of a JSON value's parts."""
    if isinstance(value, dict):
        return {name: kinds(part) for name, part in value.items()}
    return type(value)


def test_topics_servers_and_no_password(reread: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REREAD_BROKER_PASSWORD", "hush-from-outside")
    for broker, servers in {
        "redis://127.0.0.1:6379/3": {"broker": {"host": "127.0.0.1:6379", "pathname": "/3", "protocol": "redis"}},
        "tls://me:hush@one:1,two:2": {"broker": {"host": "one:1", "pathname": "", "protocol": "nats"}, "broker2": {"host": "two:2", "pathname": "", "protocol": "nats"}},
        "amqps://me@127.0.0.1/shop": {"broker": {"host": "127.0.0.1", "pathname": "/shop", "protocol": "amqps"}},
        "kafka+ssl://me:hush@one:1": {"broker": {"host": "one:1", "pathname": "", "protocol": "kafka-secure"}},
    }.items():  # fmt: skip
        said = described(reread, OLD, f"--broker {broker} --dead-letters wrong")
        access = [{"$ref": "#/components/securitySchemes/password"}]
        assert said["servers"] == {
            name: server | ({"security": access} if "me" in broker else {}) for name, server in servers.items()
        }
        assert ("password" in said["components"].get("securitySchemes", {})) == ("me" in broker)
        assert "hush" not in json.dumps(said)
        topics = {name: channel["address"] for name, channel in said["channels"].items()}
        assert topics == {"text": "texts", "answer": "answers", "dead_letter": "wrong"}
        assert {name: each["action"] for name, each in said["operations"].items()} == {"text": "receive", "answer": "send", "dead_letter": "send"}  # fmt: skip


def test_a_second_model_and_drift_have_channels_too(reread: Command, work: Path) -> None:
    said = described(reread, work / "model.reread", f"--broker redis://127.0.0.1 --shadow {OLD} --drift 1000")
    assert said["channels"]["disagreement"]["address"] == "answers.shadow"
    assert said["channels"]["drift"]["address"] == "answers.drift"
    for name in ("disagreement", "drift"):
        for each in examples(said, name):
            shape(said, name).validate(each)
    (report,) = examples(said, "drift")
    assert (report["texts"], report["without_text"]) == (2, 1)
    assert {each["shadow"]["model"] for each in examples(said, "disagreement")} == {OLD.name}


def test_it_is_written_whole_or_refused(reread: Command, tmp_path: Path) -> None:
    command = f"stream {OLD} --in texts --out answers --broker redis://127.0.0.1 --asyncapi"
    assert reread(f"{command} {tmp_path / 'api.json'}").code == 0
    assert json.loads((tmp_path / "api.json").read_text(encoding="utf-8"))["asyncapi"] == "3.0.0"
    refused = reread(f"{command} {tmp_path}")
    assert (refused.code, refused.err) == (2, f"reread: {tmp_path}: is a folder; name a file in it\n")
