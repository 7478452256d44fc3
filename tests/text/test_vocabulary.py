from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import DataError
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
