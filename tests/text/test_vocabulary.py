from __future__ import annotations

import logging
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError, DataError
from reread.text.vocabulary import TokenCounter, Vocabulary

tokens = st.lists(st.sampled_from("abcdefgh"), max_size=50)


@given(tokens=tokens, min_count=st.integers(1, 4), max_size=st.none() | st.integers(0, 5))
def test_the_most_frequent_tokens_are_kept(tokens: list[str], min_count: int, max_size: int | None) -> None:
    counts = Counter(tokens)
    vocabulary = Vocabulary.from_counts(counts, min_count, max_size)
    kept = [(-counts[token], token) for token in vocabulary.tokens]
    assert kept == sorted(kept)
    assert all(counts[token] >= min_count for token in vocabulary.tokens)
    dropped = [token for token in counts if token not in vocabulary and counts[token] >= min_count]
    assert not dropped or len(vocabulary.tokens) == max_size


def test_the_unknown_token_is_zero() -> None:
    vocabulary = Vocabulary(["film", "good"])
    assert vocabulary.ids(["good", "bad", "film"]) == [2, 0, 1]
    assert vocabulary.id_array(["good", "bad", "film"]).tolist() == [2, 0, 1]
    assert len(vocabulary) == 3


def test_a_token_stands_once() -> None:
    with pytest.raises(DataError, match="occurs twice"):
        Vocabulary(["film", "film"])


@given(texts=st.lists(tokens, max_size=20), limit=st.integers(1, 6))
def test_counting_in_bounded_memory_is_off_by_the_error_at_most(texts: list[list[str]], limit: int) -> None:
    counter, exact = TokenCounter(limit), Counter(token for text in texts for token in text)
    for text in texts:
        counter.add(text)
        assert len(counter.counts) <= limit
    assert all(exact[token] - counter.error <= counter.counts[token] <= exact[token] for token in exact)


COUNTS = st.dictionaries(st.text(min_size=1, max_size=2), st.integers(1, 5))


@given(COUNTS)
def test_the_order_of_counting_does_not_matter(counts: dict[str, int]) -> None:
    assert Vocabulary.from_counts(counts, 2, 5) == Vocabulary.from_counts(dict(reversed(counts.items())), 2, 5)


def test_equal_vocabularies_are_equal() -> None:
    assert Vocabulary("ab") == Vocabulary(["a", "b"]) != Vocabulary("ba")
    assert hash(Vocabulary("ab")) == hash(Vocabulary(["a", "b"]))


def test_a_counter_below_its_limit_is_exact() -> None:
    counter = TokenCounter(limit=3)
    counter.add(["a", "b", "a"])
    counter.add(["c"])
    assert (dict(counter.counts), counter.error) == ({"a": 2, "b": 1, "c": 1}, 0)


def test_a_counter_forgets_the_rarest_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    counter = TokenCounter(limit=4)
    with caplog.at_level(logging.INFO, "reread.text.vocabulary"):
        counter.add(["a"] * 5 + ["b"] * 3 + ["c", "d", "e"])
    assert (dict(counter.counts), counter.error) == ({"a": 5, "b": 3}, 1)
    assert "3 of 5 seen 1 times or less forgotten" in caplog.text


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=8), max_size=20), st.integers(1, 6))
def test_what_is_forgotten_is_the_same_every_time(texts: list[list[str]], limit: int) -> None:
    counter, again = TokenCounter(limit), TokenCounter(limit)
    for text in texts:
        counter.add(text)
        again.add(iter(text))
    assert counter.counts == again.counts


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="limit = 0: expected at least 1"):
        TokenCounter(0)
