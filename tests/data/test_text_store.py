from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.data.store import TextStore

TEXTS = st.lists(st.text(st.characters(exclude_categories=())))


@given(TEXTS, st.integers(0, 400))
def test_a_store_is_a_list(texts: list[str], memory: int) -> None:
    store = TextStore(texts, memory=memory)
    assert len(store) == len(texts)
    assert list(store) == texts
    assert [store[i] for i in range(-len(texts), len(texts))] == texts + texts
    assert store[1:3] == texts[1:3]
    assert store[::-2] == texts[::-2]


@given(TEXTS, TEXTS)
def test_it_grows_after_it_was_read(first: list[str], second: list[str]) -> None:
    store = TextStore(first, memory=100)
    assert list(store) == first
    for text in second:
        store.append(text)
    assert list(store) == first + second


def test_beyond_the_end() -> None:
    store = TextStore(["a", "b"], memory=0)
    for index in (2, -3):
        with pytest.raises(IndexError, match="of 2"):
            store[index]
