"""`POST /predict` as text-embeddings-inference and Hugging Face's endpoints take and answer it."""

from __future__ import annotations

from typing import Any

import pytest

from reread import load
from support.folders import KEPT, OLD
from support.serving import Serving

pytest.importorskip("uvicorn")

TEXTS = ["a lovely warm film", "a dull cold film"]


def expected(text: str) -> list[tuple[str, Any]]:
    """The model's classes with their probabilities, the most probable first."""
    model = load(OLD)
    chances = dict(zip(map(str, model.classes_), model.predict_proba([text])[0].tolist(), strict=True))
    return [
        (label, pytest.approx(chances[label], abs=1e-5)) for label in sorted(chances, key=lambda each: -chances[each])
    ]


def pairs(scores: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    assert all(each.keys() == {"label", "score"} for each in scores)
    return [(each["label"], each["score"]) for each in scores]


def test_one_text_has_one_list_the_most_probable_class_first(one: Serving) -> None:
    for text in TEXTS:
        assert pairs(one.ask("/predict", {"inputs": text}).json()) == expected(text)


@pytest.mark.parametrize(
    "body",
    [
        {"inputs": TEXTS},
        {"inputs": [[text] for text in TEXTS]},
        {"inputs": TEXTS, "truncate": True, "truncation_direction": "Right", "raw_scores": False},
        {"inputs": TEXTS, "options": {"wait_for_model": True}},
        {"inputs": TEXTS, "parameters": {}},
    ],
)
def test_several_texts_have_a_list_each(one: Serving, body: Any) -> None:
    assert [pairs(each) for each in one.ask("/predict", body).json()] == [expected(text) for text in TEXTS]
    assert one.ask("/predict", {"inputs": []}).json() == []


def test_clients_of_hugging_face_get_lists_in_a_list_and_may_ask_for_the_best(one: Serving) -> None:
    for parameters in ({}, {"top_k": 1}, {"top_k": 10}):
        (scores,) = one.ask("/predict", {"inputs": TEXTS[0], "parameters": parameters}).json()
        assert pairs(scores) == expected(TEXTS[0])[: parameters.get("top_k")]


def test_each_classifier_answers_by_its_name_and_the_others_say_why_not(many: Serving) -> None:
    refused = []
    for folder in KEPT:
        reply, model = many.ask(f"/predict?model={folder.stem}", {"inputs": "a film"}), load(folder)
        if reply.status == 422:
            assert reply.fields() == []
            assert "use /v1/predict" in reply.json()["detail"]
            refused.append(folder.stem)
        else:
            assert {label for label, _ in pairs(reply.json())} == set(map(str, model.classes_))
    assert refused == ["joint", "numbers"]


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        ("/predict", {}, 422, "#"),
        ("/predict", {"inputs": 5}, 422, "#/inputs"),
        ("/predict", {"inputs": ""}, 422, "#/inputs"),
        ("/predict", {"inputs": ["a", " "]}, 422, "#/inputs/1"),
        ("/predict", {"inputs": [["a"], ["b", "c"]]}, 422, "#/inputs/1"),
        ("/predict", {"inputs": [["a"], []]}, 422, "#/inputs/1"),
        ("/predict", {"inputs": [["a"], [["b"]]]}, 422, "#/inputs/1/0"),
        ("/predict", {"inputs": "a", "raw_scores": True}, 422, "#/raw_scores"),
        ("/predict", {"inputs": "a", "parameters": {"top_k": 0}}, 422, "#/parameters/top_k"),
        (
            "/predict",
            {"inputs": "a", "parameters": {"function_to_apply": "none"}},
            422,
            "#/parameters/function_to_apply",
        ),
        ("/predict", {"inputs": "a " * 200_001}, 413, "#/inputs"),
        ("/predict", {"inputs": ["a"] * 4097}, 413, "#/inputs"),
        ("/predict?model=../x", {"inputs": "a"}, 422, None),
        ("/predict?nothing=1", {"inputs": "a"}, 422, None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_body_is_a_problem_that_names_the_field(
    one: Serving, path: str, body: Any, status: int, field: str | None
) -> None:
    said = one.ask(path, body)
    assert said.status == status
    (error,) = said.json()["errors"]
    assert error.get("pointer") == field
