"""The recipe of words and pairs of them, from training to a verified folder and its explanations."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import reread
from reread.explain import methods
from reread.scoring.backends.onnx import OnnxBackend
from reread.verification import verify

SMALL = {"model": {"hidden": 6, "embedding_dim": 6, "latent": [6]}, "text": {"min_count": 1}}
TEXTS = [
    f"{start} {'not ' * negated}{word} {end}"
    for start, end, word, negated in product(("It is", "so"), ("at all", "!", "a film"), ("good", "bad"), (0, 1))
]
LABELS = ["pos" if ("not" in text) == ("bad" in text) else "neg" for text in TEXTS]
TEXT = "So: not good, it’s bad"
WORDS = ["So", ":", "not", "good", ",", "it’s", "bad"]


def trained(**model: Any) -> reread.TextClassifier:
    return reread.TextClassifier(
        recipe="standard_ngrams",
        settings={**SMALL, "model": {**SMALL["model"], **model}},
        epochs=8,
        batch_size=8,
        threads=1,
        random_state=0,
        answer="network",
        language="en",
    ).fit(TEXTS, LABELS)


@pytest.fixture(scope="module")
def model() -> reread.TextClassifier:
    return trained()


@pytest.fixture(scope="module")
def folder(model: reread.TextClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("ngrams") / "model.reread"
    model.save(path)
    return path


def test_words_and_pairs_have_tables_of_their_own(model: reread.TextClassifier) -> None:
    words, pairs = (vocabulary.tokens for vocabulary in model.fitted_.encoder.vocabularies)
    assert {"not", "good"} <= set(words)
    assert {"not good", "good at", "all"} <= set(pairs)
    sizes = [tuple(table.weight.shape) for table in model.fitted_.net.embedding.tables]
    assert sizes == [(len(words) + 1, 6), (len(pairs) + 1, 6)]


def test_chinese_keeps_its_characters() -> None:
    recipe = reread.TextClassifier(recipe="standard_ngrams", settings=SMALL, epochs=1, threads=1, answer="network")
    fitted = recipe.fit(["足球赛", "足球", "音乐", "音乐会"] * 5, ["a", "a", "b", "b"] * 5).fitted_
    assert fitted.encoder.settings.segmenter == "character_pairs"
    assert fitted.encoder.features == 2


def test_a_folder_passes_verification(folder: Path) -> None:
    checks = verify(folder)
    assert [check.name for check in checks if not check.ok] == []


def test_onnx_and_int8_answer_too(model: reread.TextClassifier, folder: Path) -> None:
    own = model.predict_proba(TEXTS)
    exported, small = reread.load(folder, backend="onnx"), reread.load(folder, precision="int8")
    assert isinstance(exported.network().backend, OnnxBackend)
    assert np.allclose(exported.predict_proba(TEXTS), own, atol=1e-5)
    assert np.allclose(small.predict_proba(TEXTS), own, atol=0.03)


@pytest.mark.parametrize("method", [name for name in methods.names() if name not in {"attention", "ngrams"}])
def test_every_method_explains_words(model: reread.TextClassifier, folder: Path, method: str) -> None:
    for each in (model, reread.load(folder)):
        found = each.explain(TEXT, method=method)
        assert [(span.text, TEXT[span.start : span.end]) for span in found] == [(word, word) for word in WORDS]
        assert any(span.weight for span in found)
        if found.rest is not None:
            assert sum(span.weight for span in found) + found.rest == pytest.approx(found.value, abs=1e-5)


def test_attention_and_a_linear_member_explain_words() -> None:
    attentive = trained(pooling="attention")
    found = [attentive.explain(TEXT, method="attention")]
    found.append(attentive.set_params(answer="linear").fit(TEXTS, LABELS).explain(TEXT, method="ngrams"))
    for each in found:
        assert [span.text for span in each] == WORDS
