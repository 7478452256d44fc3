from __future__ import annotations

import copy
import pickle
from collections.abc import Sequence
from typing import Any

import pytest

from reread.text import chunks, compiled
from reread.text.encoder import LANGUAGES, TextEncoder, TextSettings

TEXTS = ["A good<br />film, it’s 3.14", "ΟΔΟΣ", "", "Ｆｉｌｍ 我来到 北京", "👩‍👩‍👧 café \ud800", "a film " * 40]


def ids_of(encoder: TextEncoder, texts: Sequence[str]) -> list[Any]:
    return [encoder.encode(text).tolist() for text in texts]


@pytest.fixture(params=LANGUAGES)
def encoder(request: pytest.FixtureRequest) -> TextEncoder:
    return TextEncoder.learn(TextSettings.for_language(request.param, min_count=1), TEXTS[::2])


def test_each_language_is_compiled(encoder: TextEncoder) -> None:
    assert encoder._compiled is not None


@pytest.mark.parametrize(
    ("changes", "whether"),
    [
        ({"segmenter": "letters_digits", "normalisers": ["letters_only"]}, True),
        ({"segmenter": "chinese"}, False),
        ({"normalisers": ["lower_case", "simplified_chinese"]}, False),
    ],
)
def test_a_part_that_says_nothing_makes_it_python(changes: dict[str, Any], *, whether: bool) -> None:
    encoder = TextEncoder.learn(TextSettings.for_language("zh", min_count=1, **changes), ["我来到北京"])
    assert (encoder._compiled is not None) == whether
    assert len(encoder.encode("我来到北京"))


def test_without_a_kernel_the_ids_are_the_same(encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "load", lambda: None)
    plain = TextEncoder.from_config(encoder.to_config(), encoder.vocabularies)
    assert plain._compiled is None
    assert ids_of(plain, TEXTS) == ids_of(encoder, TEXTS)
    many = plain.encode_many(TEXTS, max_tokens=5, threads=2)
    assert [ids.tolist() for ids in many] == [ids[:5] for ids in ids_of(encoder, TEXTS)]


def test_a_copy_makes_its_own_tables(encoder: TextEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    right = ids_of(encoder, TEXTS)
    data = pickle.dumps(encoder)
    assert len(data) < 10_000
    for copied in pickle.loads(data), copy.deepcopy(encoder):
        assert copied._compiled is not None
        assert ids_of(copied, TEXTS) == right
    monkeypatch.setattr(compiled, "load", lambda: None)  # another machine
    there = pickle.loads(data)
    assert there._compiled is None
    assert ids_of(there, TEXTS) == right


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_and_chunks_change_nothing(encoder: TextEncoder, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHARACTERS", 50)
    many = encoder.encode_many(iter(TEXTS * 20), threads=threads)
    assert [ids.tolist() for ids in many] == ids_of(encoder, TEXTS) * 20


def test_an_encoder_without_vocabularies_has_no_ids() -> None:
    encoder = TextEncoder(TextSettings())
    assert encoder._compiled is None
    with pytest.raises(ValueError, match="zip"):
        encoder.encode("a film")
