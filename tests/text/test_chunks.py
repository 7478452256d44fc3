from __future__ import annotations

import itertools
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.text import chunks
from reread.text.chunks import chunked, on_threads


@given(texts=st.lists(st.text(max_size=9), max_size=20), size=st.integers(1, 30))
def test_chunks_are_the_texts_in_order(texts: list[str], size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "CHARACTERS", size)
        parts = list(chunked(iter(texts)))
    assert [text for part in parts for text in part] == texts
    assert all(sum(len(text) + 1 for text in part[:-1]) < size for part in parts)
    assert all(sum(len(text) + 1 for text in part) >= size for part in parts[:-1])


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_answers_come_in_the_order_of_the_items(threads: int, count: int) -> None:
    assert list(on_threads(lambda item: 2 * item, range(count), threads)) == [2 * item for item in range(count)]


@pytest.mark.parametrize("threads", [1, 2])
def test_only_a_few_items_are_held(threads: int) -> None:
    items = itertools.count()
    answers = on_threads(lambda item: item, items, threads)
    assert next(answers) == 0
    assert next(items) < 10
    answers.close()


def test_one_item_starts_no_thread() -> None:
    found = list(on_threads(lambda _: threading.current_thread(), [None], 4))
    assert found == [threading.current_thread()]


def test_several_threads_work() -> None:
    both = threading.Barrier(2, timeout=60)
    assert len(list(on_threads(lambda _: both.wait(), range(2), 2))) == 2


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_is_the_callers(threads: int) -> None:
    with pytest.raises(ZeroDivisionError):
        list(on_threads(lambda item: 1 // item, [1, 0, 2], threads))
