"""Training from the folder of a static encoder: its vectors, its tokens, and a model that answers without it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import BundleError, MissingExtraError, TextClassifier, load, verify
from reread.text.subword_tokenizer import subword_tokenizer
from support import tokenizers

WORDS = ("a", "good", "bad", "film", "##ly", "##s", "the", "was")


@pytest.fixture
def encoder(tmp_path: Path) -> Path:
    numbers = np.random.default_rng(0).normal(size=(len(WORDS) + 1, 7)).astype(np.float32)
    return tokenizers.lay_encoder(tmp_path / "encoder", tokenizers.word_pieces(WORDS), embeddings=numbers)


def fitted(encoder: Path, texts: list[str], labels: list[str], small: dict[str, Any], **text: Any) -> TextClassifier:
    model = {name: value for name, value in small["settings"]["model"].items() if name != "embedding_dim"}
    settings = {**small["settings"], "model": model, "text": text, "vectors": {"frozen": True}}
    return TextClassifier(**{**small, "settings": settings}, vectors=encoder).fit(texts, labels)


def test_its_tokens_have_its_vectors_and_the_model_folder_its_tokenizer(
    encoder: Path, tmp_path: Path, texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    model = fitted(encoder, texts, labels, small)
    tokens = model.fitted_.encoder.vocabularies[0].tokens
    table = model.fitted_.net.embedding.tables[0].weight.detach().numpy()
    assert table.shape[1] == 7
    known = [token for token in tokens if token in WORDS]
    assert len(known) >= 3
    expected = np.random.default_rng(0).normal(size=(len(WORDS) + 1, 7)).astype(np.float32)
    for token in known:
        np.testing.assert_array_equal(table[tokens.index(token) + 1], expected[WORDS.index(token) + 1])
    model.save(tmp_path / "model")
    shutil.rmtree(encoder)
    loaded = load(tmp_path / "model")
    assert loaded.predict(texts).tolist() == model.predict(texts).tolist()
    assert all(check.ok for check in verify(tmp_path / "model"))
    text = "A goodly film"
    pieces = [text[start:end] for start, end in model.fitted_.encoder.spans(text)]
    assert pieces == ["A", "good", "ly", "film"]
    assert json.loads((tmp_path / "model" / "config.json").read_bytes())["vectors"]["source"] == "encoder"


def test_a_segmenter_that_the_user_names_wins(
    encoder: Path, texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    settings = fitted(encoder, texts, labels, small, segmenter="words").fitted_.encoder.settings
    assert (settings.segmenter, "lower_case" in settings.normalisers) == ("words", True)


def test_a_model_folder_without_the_library_or_with_another_tokenizer(
    encoder: Path,
    tmp_path: Path,
    texts: list[str],
    labels: list[str],
    small: dict[str, Any],
) -> None:
    from reread.bundle.config import Config  # noqa: PLC0415

    model = fitted(encoder, texts, labels, small)
    model.save(tmp_path / "model")
    with pytest.MonkeyPatch.context() as patch:
        subword_tokenizer.cache_clear()
        patch.setitem(sys.modules, "tokenizers", None)
        with pytest.raises(MissingExtraError, match=r"reread\[subwords\]"):
            load(tmp_path / "model")
    options = {"tokenizer": "!!python/object:os.system"}
    with pytest.MonkeyPatch.context() as patch:
        whole = Config.from_json
        patch.setattr(Config, "from_json", lambda content: forged(whole(content), options))
        with pytest.raises(BundleError, match=r"cannot be read as a model folder: the content is no tokenizer\.json"):
            load(tmp_path / "model")


def forged(config: Any, options: dict[str, str]) -> Any:
    config.text["segmenter_options"] = options
    return config
