from __future__ import annotations

import copy
import pickle
from collections import Counter
from collections.abc import Sequence
from itertools import chain, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.kernel.tokens import LearnedTokens
from reread.text import chunks, compiled
from reread.text.encoder import LANGUAGES, MOST_NGRAMS, TextEncoder, TextSettings
from reread.text.vocabulary import TokenCounter

TEXTS = ["A good<br />film, it’s 3.14", "ΟΔΟΣ", "", "Ｆｉｌｍ 我来到 北京", "👩‍👩‍👧 café \ud800", "a film " * 40]


def ids_of(encoder: TextEncoder, texts: Sequence[str]) -> list[Any]:
    return [encoder.encode(text).tolist() for text in texts]


@pytest.fixture(params=product(LANGUAGES, (1, MOST_NGRAMS)), ids=str)
def encoder(request: pytest.FixtureRequest) -> TextEncoder:
    language, ngrams = request.param
    return TextEncoder.learn(TextSettings.for_language(language, ngrams=ngrams, min_count=1), TEXTS[::2])


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


@given(
    texts=st.lists(st.sampled_from(TEXTS), max_size=20),
    size=st.integers(1, 99),
    language=st.sampled_from([*LANGUAGES]),
    ngrams=st.integers(1, MOST_NGRAMS),
)
def test_the_vocabulary_is_that_of_python(texts: list[str], size: int, language: str, ngrams: int) -> None:
    settings = TextSettings.for_language(language, ngrams=ngrams, max_vocabulary=20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHARACTERS", size)
        learned = TextEncoder.learn(settings, iter(texts))
        patch.setattr(compiled, "load", lambda: None)
        assert TextEncoder.learn(settings, iter(texts)).vocabularies == learned.vocabularies


@given(texts=st.lists(st.sampled_from(TEXTS), max_size=9), size=st.integers(1, 99), limit=st.integers(1, 40))
def test_more_tokens_than_a_limit_are_counted_in_bounded_memory(texts: list[str], size: int, limit: int) -> None:
    encoder = TextEncoder.learn(TextSettings.for_language("zh", min_count=1), TEXTS)
    counters = [TokenCounter(limit), TokenCounter(limit)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHARACTERS", size)
        left = list(encoder._compiled.count(texts, counters))
    counted = [encoder.features_of(text) for text in texts if text not in left]
    for counter, feature in zip(counters, zip(*counted, strict=True), strict=False):
        exact = Counter(chain.from_iterable(feature))
        assert len(counter.counts) <= limit
        assert all(exact[token] - counter.error <= counter.counts[token] <= exact[token] for token in exact)
        assert counter.error == 0 or len(exact) > limit
    assert set(left) <= {"ΟΔΟΣ"}


def test_a_table_holds_a_limit_and_one_chunk_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []

    class Watched(LearnedTokens):
        def take(self) -> dict[str, int]:
            held.append(len(self))
            return super().take()

    monkeypatch.setattr(chunks, "CHARACTERS", 1)
    monkeypatch.setattr(compiled, "LearnedTokens", Watched)
    encoder, counter = TextEncoder.learn(TextSettings(), []), TokenCounter(limit=5)
    held.clear()
    assert list(encoder._compiled.count([f"a{number} b{number}" for number in range(12)], [counter])) == []
    assert held == [6, 6, 6, 6, 0]


def test_texts_that_are_left_to_python_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHARACTERS", 1)
    encoder = TextEncoder.learn(TextSettings(), ["ΟΔΟΣ", "οδος the", "ΟΔΟΣ", "the"])
    assert encoder.vocabularies[0].tokens == ("οδος", "the")


def test_an_encoder_without_vocabularies_has_no_ids() -> None:
    encoder = TextEncoder(TextSettings())
    assert encoder._compiled is None
    with pytest.raises(ValueError, match="zip"):
        encoder.encode("a film")
