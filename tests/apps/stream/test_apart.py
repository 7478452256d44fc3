"""A message that was taken often: it is answered, unless it ends the process that answers it."""

from __future__ import annotations

import json

import pytest

from support.deadly import WORD, opening
from support.folders import OLD

pytest.importorskip("faststream")
from reread.apps.stream.answering import Answering
from reread.apps.stream.brokers import Delivery, Route
from reread.monitoring.source import ModelSource

ROUTE = Route(source="a", answers="b", dead_letters="c", group="g", consumer="me", most=10, claim_after=30)


def test_only_what_ends_its_process_is_given_up() -> None:
    answering = Answering(ROUTE, ModelSource(OLD, opening))
    messages = [{"id": k, "text": f"a {WORD if k in (3, 5) else 'long'} film"} for k in range(6)]
    batch = answering.answer([Delivery(each, None, tries=21 + k) for k, each in enumerate(messages)], 20)
    assert (batch.answered, batch.dead) == (4, 2)
    assert [json.loads(each)["id"] for each in batch.bodies["b"]] == [0, 1, 2, 4]
    assert [(each["id"], each["error"]) for each in map(json.loads, batch.bodies["c"])] == [
        (3, "was taken 24 times, and ends the process that answers it"),
        (5, "was taken 26 times, and ends the process that answers it"),
    ]
