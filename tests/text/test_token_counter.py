from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError
from reread.text.vocabulary import TokenCounter, Vocabulary

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
