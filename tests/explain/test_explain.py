from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import reread
from reread.errors import ConfigError, DataError, MissingExtraError
from reread.explain import methods
from reread.explain.deletion import without
from reread.explain.explain import explain
from reread.explain.method import Question
from reread.model.base import Model
from reread.model.baseline import Baseline
from reread.model.blend import Blend
from reread.model.stack import Stack
from reread.nn.model import TextNet
from reread.pipeline.plan import Plan
from reread.typing import override

NOUNS = ("film", "book", "song", "play", "meal", "day", "game", "tale")
FRAMES = ("a {} long {}", "{} {}, all of it", "the {} was {}", "and then a {} {}", "so {} a {}!")
ROWS = [
    (frame.format(word, noun), label)
    for frame in FRAMES
    for noun in NOUNS
    for word, label in (("good", "pos"), ("bad", "neg"))
]
TEXTS, LABELS = [text for text, _ in ROWS], [label for _, label in ROWS]
TEXT = "Well: a good film. And then?\nbad, bad"


@pytest.fixture(scope="module")
def model() -> reread.TextClassifier:
    return trained("bilstm_max")


def trained(
    recipe: str, labels: Any = LABELS, settings_of_training: Any = None, **options: Any
) -> reread.TextClassifier:
    small = {
        "model": {"hidden": 8, "embedding_dim": 8, "word_dropout": 0.0, "dropout": 0.0},
        "training": {"learning_rate": 0.02, "ema": 0.0, **(settings_of_training or {})},
        "text": {"min_count": 1},
    }
    options = {"epochs": 10, "batch_size": 8, "threads": 1, "random_state": 0, "answer": "network", **options}
    return reread.TextClassifier(recipe=recipe, settings=small, **options).fit(TEXTS, labels)


@pytest.fixture(scope="module")
def linear() -> reread.TextClassifier:
    return trained("bilstm_max", answer="linear", epochs=1)


OF_NETWORKS = [name for name in methods.names() if not methods.get(name).of_linear and name != "attention"]


@pytest.mark.parametrize("method", OF_NETWORKS)
def test_words_that_decide_weigh_most(model: reread.TextClassifier, method: str) -> None:
    for text, word, label in (("a good film", "good", "pos"), ("a bad film", "bad", "neg")):
        found = model.explain(text, method=method)
        assert found.answer == label == model.predict([text])[0]
        assert found.strongest(1)[0].text == word
        assert found.strongest(1)[0].weight > 0


@pytest.mark.parametrize("method", ["ngrams", "deletion"])
def test_words_of_a_linear_member_weigh_most(linear: reread.TextClassifier, method: str) -> None:
    for text, word, label in (("a good film", "good", "pos"), ("a bad film", "bad", "neg")):
        found = linear.explain(text, method=method)
        assert (found.answer, found.strongest(1)[0].text, found.part) == (label, word, None)
    assert linear.explain("a good film").method == "ngrams", "which is exact"


@given(text=st.text(alphabet="good bad film.,!?。\n", max_size=40))
def test_n_grams_add_up_to_the_linear_score(linear: reread.TextClassifier, text: str) -> None:
    model = linear.fitted_.model()
    for unit in ("word", "sentence"):
        found = linear.explain(text, method="ngrams", unit=unit, target="pos")
        pieces = sum(span.weight for span in found)
        score, intercept = model.scores([text])[0], linear.fitted_.baseline.intercept
        assert pieces == pytest.approx((score - intercept) @ [-1, 1], abs=1e-4)
        assert pieces + found.rest == pytest.approx(found.value, abs=1e-6)


@pytest.mark.parametrize("method", ["ngrams", "deletion", "pooled_words"])
def test_what_is_shown_adds_up_to_the_answer(linear: reread.TextClassifier, method: str) -> None:
    fitted = trained("bilstm_max").fitted_
    stack = Stack(fitted.task, fitted.baseline, fitted.scorer(), share=0.25, offset=False)
    text = f"{TEXT} good good bad film"
    for model in (linear.fitted_.model() if method != "pooled_words" else fitted.network(), stack):
        found = explain(model, text, target="pos", method=method)
        for shown in (3, 100):
            *parts, (name, value) = found.sums(shown)
            assert (name, value) == ("(in all)", found.value)
            named = sum(span.weight for span in found.strongest(shown)) + sum(each for _, each in parts)
            assert named == pytest.approx(found.value, abs=1e-3)
            assert ("other" in parts[0][0]) == (shown == 3)
        assert parts[-1] == ("(without any word)", found.base)
        if found.part is None:
            assert found.base == pytest.approx(model.scores([""])[0] @ [-1, 1], abs=1e-5)


def test_shares_of_attention_have_no_base() -> None:
    found = trained("attention_lstm").explain(TEXT, method="attention")
    assert (found.base, found.sums(10)) == (None, [])


def test_a_stack_says_what_each_member_adds() -> None:
    fitted = trained("bilstm_max").fitted_
    stack = Stack(fitted.task, fitted.baseline, fitted.scorer(), share=0.25, offset=False)
    found = explain(stack, TEXT, target="pos")
    assert found.members.keys() == {"linear", "network"}
    assert sum(found.members.values()) == pytest.approx(found.value, abs=1e-5)
    part = explain(stack, TEXT, target="pos", method="ngrams")
    assert part.part == "the linear member alone, which counts 0.75 of the stack"
    assert part.value == pytest.approx(found.members["linear"], abs=1e-5)
    assert sum(span.weight for span in part) + part.rest == pytest.approx(part.value, abs=1e-5)


def test_of_a_network_on_top_of_a_linear_member_only_that_part_is_inspected() -> None:
    fitted = trained("bilstm_max", settings_of_training={"offset": True}).fitted_
    stack = Stack(fitted.task, fitted.baseline, fitted.scorer(), share=1.0, offset=True)
    found = explain(stack, TEXT, target="pos", method="pooled_words")
    assert found.part == "the network alone, which counts 1.00 of the stack"
    assert explain(stack, TEXT, target="pos").part is None


def test_a_network_alone_has_no_n_grams(model: reread.TextClassifier) -> None:
    with pytest.raises(ConfigError, match="without a linear member"):
        model.explain(TEXT, method="ngrams")


def test_a_loaded_model_explains_as_it_did_in_memory(model: reread.TextClassifier, tmp_path: Any) -> None:
    model.save(tmp_path / "m.reread")
    for backend in ("auto", "onnx"):
        loaded = reread.load(tmp_path / "m.reread", backend=backend)
        for method in ("pooled_words", "deletion", "integrated_gradients"):
            own, other = model.explain(TEXT, method=method), loaded.explain(TEXT, method=method)
            assert np.allclose([s.weight for s in own], [s.weight for s in other], atol=1e-4)
            assert [s[2:] for s in own] == [s[2:] for s in other]


@given(text=st.text(alphabet="good bad film.,!?。\n", max_size=40))
def test_pieces_are_the_text_they_stand_on_and_add_up(model: reread.TextClassifier, text: str) -> None:
    score = model.fitted_.model().scores([text])[0]
    for unit in ("word", "sentence"):
        found = model.explain(text, method="pooled_words", unit=unit)
        assert all(text[span.start : span.end] == span.text for span in found)
        assert all(one.end <= other.start for one, other in zip(found.spans, found.spans[1:], strict=False))
        assert found.value == pytest.approx(abs(score[1] - score[0]), abs=1e-4)
        assert sum(span.weight for span in found) + found.rest == pytest.approx(found.value)
        json.dumps(found.to_dict())


def test_sentences_weigh_what_their_words_do(model: reread.TextClassifier) -> None:
    words, found = (model.explain(TEXT, method="pooled_words", unit=unit) for unit in ("word", "sentence"))
    assert [span.text for span in found] == ["Well: a good film.", "And then?", "bad, bad"]
    for sentence in found:
        inside = [word.weight for word in words if sentence.start <= word.start < sentence.end]
        assert sentence.weight == pytest.approx(sum(inside))


def test_deletion_is_the_answer_without_the_piece(model: reread.TextClassifier) -> None:
    answers, (text, rest) = model.fitted_.model(), ("a good film", "a film")
    scores = answers.scores([text, rest])
    expected = (scores[0] - scores[1]) @ [-1, 1]
    assert model.explain(text, method="deletion", target="pos").spans[1].weight == pytest.approx(expected, abs=1e-5)


def test_of_a_long_text_runs_are_left_out(model: reread.TextClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reread.explain.deletion.MOST", 3)
    weights = [span.weight for span in model.explain("a good film and a bad day", method="deletion")]
    assert weights[0] == weights[1] == weights[2]
    assert len(set(weights)) == 3


def test_attention_shares_out_one() -> None:
    model = trained("attention_lstm")
    found = model.explain(TEXT, method="attention")
    assert sum(span.weight for span in found) == pytest.approx(1, abs=1e-5)
    assert found.rest is None
    assert (found.unit, found.weight_unit, found.signed) == ("log-odds", "share of attention", False)
    with pytest.raises(ConfigError, match='target "pos": method attention explains no answer in particular'):
        model.explain(TEXT, method="attention", target="pos")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "pooled"}, 'unknown method of explaining "pooled". Did you mean "pooled_words"'),
        ({"method": "attention"}, "this network has no attention to show"),
        ({"unit": "words"}, 'unknown unit "words". Did you mean "word"'),
        ({"target": "good"}, 'unknown class "good"'),
    ],
)
def test_what_cannot_be_asked(model: reread.TextClassifier, options: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        model.explain(TEXT, **options)


def test_a_text_is_a_string(model: reread.TextClassifier) -> None:
    with pytest.raises(DataError, match="the text to explain is list, expected str"):
        model.explain([TEXT])


def test_a_text_without_a_word_has_no_pieces(model: reread.TextClassifier) -> None:
    for method in ("pooled_words", "deletion", "integrated_gradients"):
        assert not model.explain(" ", method=method).spans


def test_gradients_are_followed_through_one_window(model: reread.TextClassifier) -> None:
    network = model.fitted_.network()
    network.scorer.window = 4
    assert network.explain("a good film .", method="integrated_gradients").spans
    message = "this text has 5 tokens; gradients are followed through one window of 4 at most: use method pooled_words or deletion"
    with pytest.raises(DataError, match=message):
        network.explain("such a good film .", method="integrated_gradients")


def test_what_is_not_installed_is_named(model: reread.TextClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "reread.scoring.backends.gradients", raising=False)
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(
        MissingExtraError, match=r'integrated gradients needs an extra: pip install "reread\[explain\]"'
    ):
        model.explain(TEXT, method="integrated_gradients")


def test_a_blend_is_explained_by_what_it_answers(model: reread.TextClassifier) -> None:
    fitted = model.fitted_
    blended = Blend(fitted.task, (fitted.network(), Baseline(fitted.baseline, fitted.task)), [0.5, 0.5])
    found = blended.explain("a good film")
    assert found.method == "deletion"
    assert found.strongest(1)[0].text == "good"
    assert found.value == pytest.approx(np.diff(blended.scores(["a good film"]))[0, 0])
    assert found.part is None
    assert found.probability == pytest.approx(blended.predict_proba(["a good film"])[0, 1])
    of_network = blended.explain("a good film", method="pooled_words")
    assert of_network.value == pytest.approx(np.diff(fitted.network().scores(["a good film"]))[0, 0], abs=1e-5)
    assert of_network.probability == found.probability
    assert of_network.part == "the network alone, which counts 0.50 of the stack"
    assert of_network.account.endswith(" Of the network alone, which counts 0.50 of the stack.")


def test_of_a_blend_that_answer_is_explained_which_it_gives(model: reread.TextClassifier) -> None:
    """Not the network's: the other model is surer of the contrary."""
    network, text = model.fitted_.network(), "a good film"
    assert network.predict([text]) == ["pos"]
    blended = Blend(network.task, (network, Contrary(network.task)), [0.25, 0.75])
    assert blended.predict([text]) == ["neg"]
    for method in ("deletion", "pooled_words"):
        assert blended.explain(text, method=method).answer == "neg"
    found = blended.explain(text, method="pooled_words")
    assert found.value == pytest.approx(-np.diff(network.scores([text]))[0, 0], abs=1e-5)
    nested = Blend(network.task, (blended, Contrary(network.task)), [0.5, 0.5])
    assert nested.explain(text, method="pooled_words").part == "the network alone, which counts 0.12 of the stack"


class Contrary(Model):
    """Scores that always say neg."""

    @override
    def scores(self, texts: Any) -> Any:
        return np.array([[20.0, 0.0]] * len(texts))

    @override
    def spans(self, text: str) -> Any:
        return []


def test_the_threads_of_a_model_are_those_of_its_explanations(
    model: reread.TextClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, before = torch.get_num_threads() + 1, torch.get_num_threads()
    model.save(tmp_path / "m.reread")
    assert reread.load(tmp_path / "m.reread", threads=asked).network().in_torch().threads == asked
    seen = []
    monkeypatch.setattr(TextNet, "forward", lambda *_: seen.append(torch.get_num_threads()) or 1 / 0)
    fitted = replace(model.fitted_, plan=with_threads(model.fitted_.plan, asked))
    with pytest.raises(ZeroDivisionError):
        fitted.model().explain("a good film")
    assert seen == [asked]
    assert torch.get_num_threads() == before


def with_threads(plan: Plan, threads: int) -> Plan:
    training = replace(plan.recipe.training, threads=threads)
    return replace(plan, recipe=replace(plan.recipe, training=training))


def test_targets_of_each_kind() -> None:
    several = [["x", "y"] if label == "pos" else ["y"] for label in LABELS]
    model = trained("lstm", several)
    found = model.explain("a good film", target="x", method="deletion")
    assert (found.answer, found.unit, found.strongest(1)[0].text) == ("x", "log-odds", "good")


@given(tokens=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=8), data=st.data())
def test_tokens_count_for_the_piece_they_begin_in(tokens: list[tuple[int, int]], data: st.DataObject) -> None:
    spans, place = [], 0
    for gap, size in tokens:
        spans.append((place + gap, place + gap + size))
        place += gap + size
    starts = sorted(data.draw(st.sets(st.sampled_from([start for start, _ in spans]))) | {spans[0][0]})
    pieces = list(zip(starts, [*starts[1:], place], strict=True))
    weights = np.arange(1.0, len(spans) + 1)
    none: Any = None
    found = Question(text="", tokens=spans, pieces=pieces, aim=none, network=none, model=none).by_piece(weights)
    expected = [sum(w for w, (s, _) in zip(weights, spans, strict=True) if a <= s < b) for a, b in pieces]
    assert found.tolist() == expected


def test_leaving_out() -> None:
    assert without("8/10", [(1, 2)]) == "8 10"
    assert without("abcdef", [(0, 1), (2, 4)]) == " b ef"
    assert without("abc", [(0, 3)]) == " "
