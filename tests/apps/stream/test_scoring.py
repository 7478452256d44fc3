"""`score_stream`: messages in, answers and dead letters out, without a broker."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from reread import load
from reread.apps.stream import score_stream
from reread.apps.stream.messages import to_json
from reread.data.values import LONGEST
from support.folders import OLD

KEPT = sorted((Path(__file__).parents[2] / "data").glob("folders_*/*.reread"))


def test_messages_as_text_bytes_and_mappings_are_answered_in_order() -> None:
    model = load(OLD)
    rows = [{"id": 1, "text": "a film"}, '{"id": 2, "text": "a film"}', b'{"id": "3", "text": "a film", "more": []}']
    first, *others = score_stream(model, rows, name="films", most=2)
    assert [first["id"], *(each["id"] for each in others)] == [1, 2, "3"]
    assert first["model"] == "films"
    assert first["prediction"] == model.predict(["a film"])[0]
    assert list(first["probabilities"]) == [str(each) for each in model.classes_]
    np.testing.assert_allclose([*first["probabilities"].values()], model.predict_proba(["a film"])[0])
    for each in others:
        assert {**each, "id": 1}.keys() == first.keys()
        np.testing.assert_allclose([*each["probabilities"].values()], [*first["probabilities"].values()], atol=1e-5)


def test_an_endless_stream_is_answered_as_it_comes() -> None:
    taken = itertools.count()
    endless = ({"id": k, "text": "a film"} for k in taken)
    answers = score_stream(load(OLD), endless, most=3)
    assert [next(answers)["id"] for _ in range(4)] == [0, 1, 2, 3]
    assert next(taken) == 6


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"text": "a film"}, "id is missing"),
        ({"id": True, "text": "a film"}, "id is true or false, expected a string or a number"),
        ({"id": float("nan"), "text": "a film"}, "id is no finite number"),
        ({"id": 1}, "text is missing"),
        ({"id": 1, "text": "\n"}, "text is only white space"),
        ({"id": 1, "text": 5}, "text is a number, expected a string"),
        ({"id": 1, "text": "x" * (LONGEST + 1)}, "text has 10,000,001 characters, expected at most 10,000,000"),
        ("", "is no JSON: Expecting value at character 1"),
        ('{"id": 1, "id": 2, "text": "a"}', "has a key twice"),
        ('{"id": 1, "text": "\\ud800"}', "holds half of a surrogate pair"),
        (b"\xff", "is not UTF-8"),
        ("[" * 100_000, None),
    ],
)
def test_what_is_wrong_with_a_message(message: object, error: str | None) -> None:
    (outcome,) = score_stream(load(OLD), [message])  # type: ignore[list-item]
    assert outcome["error"] == error or error is None
    assert set(outcome) - {"id", "characters"} == {"message", "error"}
    assert json.loads(to_json(outcome)) == outcome


def test_what_is_published_of_a_long_message_is_short() -> None:
    long = b'{"id": "p", "text":' + b'"\x00' * 400_000
    many = json.dumps({"id": "x" * 1_001, "text": "a film"})
    first, second = score_stream(load(OLD), [long, many])
    assert (first["message"], first["characters"]) == (long.decode()[:100_000], len(long))
    assert len(to_json(first)) < 1_000_000
    assert second["error"] == "id has 1,001 characters, expected at most 1,000"
    assert "id" not in second


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.name)
def test_answers_of_every_task_are_json(folder: Path) -> None:
    model = load(folder)
    (answer,) = score_stream(model, [{"id": 1, "text": "a film"}])
    assert json.loads(to_json(answer)) == answer
    assert list(answer) == ["id", "prediction", "probabilities", "model"]
    (expected,) = model.postprocessor.predict(model.scores(["a film"]))
    assert answer["prediction"] == expected
