"""`reread serve`: what it answers, and how it says what is wrong, asked over its own port."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import load
from reread.bundle import read_bundle
from reread.explain.explain import explain_each
from reread.model.load import models_of
from support.folders import KEPT, OLD

pytest.importorskip("uvicorn")
from support.serving import Serving

TEXTS = ["a lovely warm film", "dull", "一部好看的电影", "NUL \0 and emoji \N{PILE OF POO}", "x" * 5000]


def test_the_ready_line_says_what_answers_and_where(one: Serving) -> None:
    assert one.ready == f"model_v1 answers at {one.address.geturl()}\n"
    assert one.address.hostname == "127.0.0.1"


def test_one_text_and_many_get_the_models_answers_in_order(one: Serving) -> None:
    model = load(OLD)
    said = one.ask("/v1/predict", {"texts": TEXTS}).json()
    assert said["model"] == "model_v1"
    assert [each["prediction"] for each in said["answers"]] == model.predict(TEXTS).tolist()
    assert [list(each["probabilities"]) for each in said["answers"]] == [list(model.classes_)] * len(TEXTS)
    given = [[*each["probabilities"].values()] for each in said["answers"]]
    np.testing.assert_allclose(given, model.predict_proba(TEXTS), atol=1e-5)
    (alone,) = one.ask("/v1/predict", {"text": TEXTS[0]}).json()["answers"]
    assert alone["prediction"] == said["answers"][0]["prediction"]
    np.testing.assert_allclose([*alone["probabilities"].values()], given[0], atol=1e-5)


def test_a_text_without_words_has_an_error_in_its_place(one: Serving) -> None:
    first, second, third, fourth = one.ask("/v1/predict", {"texts": ["fun", " \n", "", "\0"]}).json()["answers"]
    assert (first["error"], second["error"], third["error"]) == (None, "text is only white space", "text is missing")
    assert fourth["error"] == "text has no visible character"
    assert second["prediction"] is second["probabilities"] is third["prediction"] is fourth["prediction"] is None
    assert one.ask("/v1/predict", {"texts": []}).json()["answers"] == []


def test_answers_below_a_probability_are_left_out(one: Serving) -> None:
    (sure,) = one.ask("/v1/predict", {"text": "fun", "abstain_below": 0.01}).json()["answers"]
    (unsure,) = one.ask("/v1/predict", {"text": "fun", "abstain_below": 1}).json()["answers"]
    assert (sure["abstained"], unsure["abstained"], unsure["prediction"]) == (False, True, None)
    assert sure["probabilities"] == pytest.approx(unsure["probabilities"])


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.name)
def test_every_task_is_answered_by_the_model_that_is_named(folder: Path, many: Serving) -> None:
    model = load(folder)
    said = many.ask("/v1/predict", {"text": "a film", "model": folder.stem}).json()
    (expected,) = model.postprocessor.answers(model.scores(["a film"]))
    (answer,) = said["answers"]
    assert said["model"] == folder.stem
    assert answer.keys() == {*expected, "error"}
    assert flat(answer["probabilities"]) == pytest.approx(flat(expected["probabilities"]), abs=1e-5)


def flat(probabilities: Any, name: str = "") -> dict[str, float]:
    """Nested mappings as one."""
    if not isinstance(probabilities, dict):
        return {} if probabilities is None else {name: probabilities}
    return {place: p for key, each in probabilities.items() for place, p in flat(each, f"{name}/{key}").items()}


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.name)
def test_words_are_explained(folder: Path, many: Serving) -> None:
    model, body = load(folder), {"texts": ["a lovely film", " "], "model": folder.stem}
    for path, asked in (("/v1/explain", body), ("/v1/predict", {**body, "explain": True})):
        answer, none = many.ask(path, asked).json()["answers"]
        expected = explain_each(model, "a lovely film")
        assert [each["answer"] for each in answer["explanations"]] == [each.answer for each in expected]
        weights = [span["weight"] for span in answer["explanations"][0]["spans"]]
        np.testing.assert_allclose(weights, [span.weight for span in expected[0]], atol=1e-4)
        assert none["error"] == "text is only white space"
    plain = many.ask("/v1/predict", {**body, "explain": False}).json()["answers"][0]
    assert plain.keys() == answer.keys() - {"explanations"}


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.name)
def test_each_member_says_what_it_says_alone(folder: Path, many: Serving) -> None:
    body = {"texts": ["a lovely film", " ", "dull"], "model": folder.stem}
    first, none, third = many.ask("/v1/predict", {**body, "members": True}).json()["answers"]
    assert "members" not in none
    parts = models_of(read_bundle(folder))
    for text, answer in (("a lovely film", first), ("dull", third)):
        assert list(answer["members"]) == ["network", "linear"]
        for name, said in answer["members"].items():
            (expected,) = parts[name].postprocessor.answers(parts[name].scores([text]))
            assert said.keys() == expected.keys()
            assert flat(said["probabilities"]) == pytest.approx(flat(expected["probabilities"]), abs=1e-5)
    plain = many.ask("/v1/predict", body).json()["answers"][0]
    assert plain.keys() == first.keys() - {"members"}
    (facts,) = (each for each in many.ask("/v1/models").json()["models"] if each["name"] == folder.stem)
    assert facts["members"] == ["network", "linear"]


def test_the_models_are_listed_with_what_they_can(many: Serving) -> None:
    listed = {each["name"]: each for each in many.ask("/v1/models").json()["models"]}
    assert listed.keys() == {folder.stem for folder in KEPT}
    for folder in KEPT:
        facts, model = listed[folder.stem], load(folder)
        assert facts["task"] == model.task.name
        assert facts["options"] == sorted(model.postprocessor.can)
        assert facts["card"] == (folder / "README.md").read_text(encoding="utf-8")
        for option in {"abstain_below", "sets", "interval"} - set(facts["options"]):
            refused = many.ask("/v1/predict", {"text": "a", "model": folder.stem, option: 0.9})
            assert (refused.status, refused.fields()) == (422, [f"#/{option}"])


def test_with_several_models_a_request_names_one(many: Serving) -> None:
    assert many.ask("/v1/predict", {"text": "a"}).fields() == ["#/model"]
    assert many.ask("/v1/predict", {"text": "a", "model": "../x"}).fields() == ["#/model"]


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        (b"", 400, []),
        (b"{", 400, []),
        (b'{"text": "\xff"}', 400, []),
        (b'{"text": "\\ud800"}', 400, []),
        (b'{"sets": NaN}', 400, []),
        (b"[" * 100_000, 422, ["#"]),
        (b'{"texts": ' + b"[" * 100_000, 422, ["#/texts/0"]),
        ([], 422, ["#"]),
        ({}, 422, ["#/text"]),
        ({"text": "a", "texts": []}, 422, ["#/text"]),
        ({"text": None}, 422, ["#/text"]),
        ({"texts": "a"}, 422, ["#/texts"]),
        ({"texts": ["a", 5]}, 422, ["#/texts/1"]),
        ({"text": "a", "txt": 1}, 422, ["#/txt"]),
        ({"text": "a", "a/b~": 1}, 422, ["#/a~1b~0"]),
        ({"text": "a", "model": "b"}, 422, ["#/model"]),
        ({"text": "a", "abstain_below": 0}, 422, ["#/abstain_below"]),
        ({"text": "a", "abstain_below": "high"}, 422, ["#/abstain_below"]),
        (b'{"text": "a", "abstain_below": 1e999}', 422, ["#/abstain_below"]),
        ({"text": "a", "sets": 0.9}, 422, ["#/sets"]),
        ({"texts": ["a"] * 4097}, 413, ["#/texts"]),
        ({"text": "a " * 200_001}, 413, ["#/texts"]),
        ({"text": "a." * 129, "explain": True}, 413, ["#/texts"]),
        ({"text": "a" * (4 << 20)}, 413, []),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_wrong_body_is_a_problem_that_names_the_field(
    one: Serving, body: Any, status: int, fields: list[str]
) -> None:
    said = one.ask("/v1/predict", body)
    assert (said.status, said.fields()) == (status, fields)
    assert one.ask("/v1/predict", {"text": "a"}).status == 200


def test_a_body_without_a_length_is_bounded_too(one: Serving) -> None:
    connection = one.connect()
    pieces = (b"x" * 65536 for _ in range(100))
    headers = {"content-type": "application/json"}
    try:
        connection.request("POST", "/v1/predict", pieces, headers, encode_chunked=True)
        assert connection.getresponse().status == 413
    except OSError:  # the answer came, and the end, before all was sent
        pass
    finally:
        connection.close()
    assert one.ask("/healthz").status == 200


@pytest.mark.parametrize(
    ("path", "method", "headers", "status"),
    [
        ("/v1/predict", "GET", {}, 405),
        ("/v1/nothing", "GET", {}, 404),
        ("/v1/models/x/report", "GET", {}, 404),
        ("/v1/predict", "POST", {"content-type": "text/plain"}, 415),
        ("/v1/models", "GET", {"host": "evil.example"}, 403),
        ("/v1/models", "GET", {"host": "127.0.0.1.evil.example:80"}, 403),
        ("/v1/models", "GET", {"origin": "https://evil.example"}, 403),
        ("/v1/models", "GET", {"origin": "null"}, 403),
        ("/v1/models", "GET", {"sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_who_asks_wrongly_is_told(one: Serving, path: str, method: str, headers: dict[str, str], status: int) -> None:
    said = one.ask(path, b"{}" if method == "POST" else None, headers, method=method)
    assert (said.status, said.fields()) == (status, [])


def test_its_own_page_may_ask(one: Serving) -> None:
    headers = {"origin": one.address.geturl(), "host": one.address.netloc}
    assert one.ask("/v1/predict", {"text": "a"}, headers).status == 200
    port = one.address.port
    assert one.ask("/v1/models", None, {"host": f"localhost:{port}"}).status == 200


def test_health(one: Serving) -> None:
    assert one.ask("/healthz").json() == {"status": "ok"}
    assert one.ask("/readyz").json() == {"status": "ready"}
