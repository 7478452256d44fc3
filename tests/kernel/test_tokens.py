"""Tables of tokens: what C adds to them."""

from __future__ import annotations

import pytest

from reread.kernel import Library, load
from reread.kernel.text import TextKernel
from reread.kernel.tokens import LearnedTokens
from support.kernel.text_by_python import between_spaces


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


def learning(library: Library, table: LearnedTokens) -> TextKernel:
    return TextKernel(library, between_spaces, stages=1, segmenter="words", vocabularies=[table])


@pytest.mark.parametrize("slots", [2, 1 << 16])
def test_ids_follow_the_order_of_the_texts_however_often_the_table_grows(library: Library, slots: int) -> None:
    table = LearnedTokens(library, slots)
    kernel = learning(library, table)
    tokens = [f"{number:x}" for number in range(1000)]
    assert kernel([" ".join(tokens[:9]), "", tokens[3], tokens[500]])[0][:, 0].tolist() == [*range(1, 10), 0, 4, 10]
    assert len(table) == 10
    assert kernel([" ".join(tokens)])[0][:, 0].tolist() == [*range(1, 10), *range(11, 502), 10, *range(502, 1001)]


def test_a_token_longer_than_all_there_is_room_for(library: Library) -> None:
    table = LearnedTokens(library, 2)
    ids, _ = learning(library, table)(["x" * 1000 + " y"])
    table.count(ids[:, 0])
    assert table.take() == {"x" * 1000: 1, "y": 1}


def test_what_was_counted_is_taken_once(library: Library) -> None:
    table = LearnedTokens(library)
    kernel = learning(library, table)
    for texts in ["a b a", ""], ["c a"]:
        table.count(kernel(texts)[0][:, 0])
    assert table.take() == {"a": 3, "b": 1, "c": 1}
    assert (len(table), table.take()) == (0, {})
    table.count(kernel(["c"])[0][:, 0])
    assert table.take() == {"c": 1}
