"""The AsyncAPI document of a stream: what comes, what is published, and examples that the model has answered."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from reread.apps.stream.answering import Answering
from reread.apps.stream.brokers import Broker, Delivery, Route
from reread.apps.stream.drift import DriftWindows
from reread.apps.stream.messages import ID, SHOWN, TEXT
from reread.data.values import LONGEST
from reread.tasks.base import Task
from reread.version import __version__

ASYNCAPI = "3.0.0"
EXAMPLES: tuple[dict[str, Any], ...] = (
    {ID: "first", TEXT: "a lovely warm film, and a dull cold one"},
    {ID: 2, TEXT: "一部温暖的电影"},
)
WRONG: dict[str, Any] = {ID: "third", TEXT: " "}
IDS = {"type": ["string", "number"], "description": "The message's; the answer has the same."}
WORDS = {"type": "string"}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
COUNT = {"type": "integer", "minimum": 0}


def document(broker: Broker, answering: Answering) -> dict[str, Any]:
    """The AsyncAPI document of a stream.

    Args:
        broker: where messages come from.
        answering: the models, which answer the examples.
    """
    channels = _channels(broker.route, answering)
    address = broker.address
    servers: dict[str, Any] = {}
    for host in address.hosts.split(","):
        server = {"host": host, "pathname": address.path, "protocol": broker.protocol}
        access = {"security": [{"$ref": "#/components/securitySchemes/password"}]} if address.user else {}
        servers[f"broker{len(servers) + 1 if servers else ''}"] = server | access
    return {
        "asyncapi": ASYNCAPI,
        "info": {"title": f"reread stream {answering.source.name}", "version": __version__},
        "defaultContentType": "application/json",
        "servers": servers,
        "channels": {
            name: {
                "address": topic,
                "description": " ".join(filter(None, (message["summary"], broker.framing))),
                "messages": {name: {"$ref": f"#/components/messages/{name}"}},
            }
            for name, (topic, message) in channels.items()
        },
        "operations": {
            name: {
                "action": "receive" if topic == broker.route.source else "send",
                "channel": {"$ref": f"#/channels/{name}"},
                "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
            }
            for name, (topic, _) in channels.items()
        },
        "components": {
            "messages": {name: message for name, (_, message) in channels.items()},
            **({"securitySchemes": {"password": {"type": "userPassword"}}} if address.user else {}),
        },
    }


def _channels(route: Route, answering: Answering) -> dict[str, tuple[str, dict[str, Any]]]:
    """Topic and message of each channel, by its name."""
    bodies = answering.answer([Delivery(each, None) for each in (*EXAMPLES, WRONG)], tries=1).bodies
    published = {topic: [json.loads(body) for body in each] for topic, each in bodies.items()}
    answer = _answer(answering.source.opened.model.task)
    channels = {
        "text": (route.source, _message("A text to answer.", _text(), EXAMPLES)),
        "answer": (route.answers, _message("The answer to a text.", answer, published[route.answers])),
        "dead_letter": (
            route.dead_letters,
            _message("What has no answer, with the reason.", _dead_letter(), published[route.dead_letters]),
        ),
    }
    if route.shadow is not None and answering.shadow is not None:
        other = _answer(answering.shadow.source.opened.model.task)
        del other["properties"][ID]
        shape = _object({**answer["properties"], "shadow": _object(other["properties"])})
        said = "An answer that a second model does not agree with."
        channels["disagreement"] = (route.shadow, _message(said, shape, published[route.shadow]))
    if route.drift is not None and answering.source.opened.watch is not None:
        texts = [each[TEXT] for each in EXAMPLES]
        reports = DriftWindows(answering.source.opened.watch, answering.source.name, len(texts)).add(texts, 1)
        said = "Whether a window of texts is like those of training."
        channels["drift"] = (route.drift, _message(said, _report(), json.loads(json.dumps(reports))))
    return channels


def _message(summary: str, payload: dict[str, Any], examples: Sequence[Any]) -> dict[str, Any]:
    known = {"correlationId": {"location": f"$message.payload#/{ID}"}} if ID in payload["properties"] else {}
    shown = {"examples": [{"payload": each} for each in examples]} if examples else {}
    return {"summary": summary, **known, "payload": payload, **shown}


def _object(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    needed = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": needed}


def _text() -> dict[str, Any]:
    return _object({ID: IDS, TEXT: {**WORDS, "pattern": r"\S", "maxLength": LONGEST}})


def _dead_letter() -> dict[str, Any]:
    message = {**WORDS, "description": "As it came.", "maxLength": SHOWN}
    whole = {**COUNT, "description": "How many the message has, if there are more than here."}
    error = {**WORDS, "description": "Why it has no answer."}
    return _object({ID: IDS, "message": message, "characters": whole, "error": error}, ID, "characters")


def _report() -> dict[str, Any]:
    figure = {"figure": WORDS, "index": {"type": "number"}, "chance": SHARE, "moved": {"type": "boolean"}}
    figures = {"type": "array", "items": _object({**figure, "before": {"type": "object"}, "now": {"type": "object"}})}
    counts = {"texts": COUNT, "without_text": COUNT, "drifted": {"type": "boolean"}, "answer": WORDS}
    return _object({"model": WORDS, **counts, "figures": figures})


def _answer(task: Task) -> dict[str, Any]:
    chances = {"type": "null"} if task.class_names() is None else _probabilities(task)
    return _object({ID: IDS, "prediction": _prediction(task), "probabilities": chances, "model": WORDS})


def _prediction(task: Task) -> dict[str, Any]:
    if task.parts:
        return _object({name: _prediction(part) for name, part in task.parts.items()})
    if not task.classes:
        return {"type": "number"}
    one = {"enum": list(task.classes)}
    return one if task.can_abstain else {"type": "array", "items": one, "uniqueItems": True}


def _probabilities(task: Task) -> dict[str, Any]:
    if task.parts:
        return _object({name: _probabilities(part) for name, part in task.parts.items() if part.classes})
    return _object({str(name): SHARE for name in task.classes})
