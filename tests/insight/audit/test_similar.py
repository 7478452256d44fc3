from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import MissingExtraError
from reread.insight.audit.similar import alike, near_duplicates, runs_of

IDS = st.lists(st.integers(0, 30), min_size=1, max_size=40)


def long_texts(count: int) -> list[str]:
    random = np.random.default_rng(0)
    return [" ".join(f"w{word}" for word in random.integers(0, 500, 80)) for _ in range(count)]


@given(IDS, IDS)
def test_the_share_of_common_runs_is_that_of_sets(one: list[int], other: list[int]) -> None:
    def runs(ids: list[int]) -> set[tuple[int, ...]]:
        size = min(3, len(ids))
        return {tuple(ids[k : k + size]) for k in range(len(ids) - size + 1)}

    expected = len(runs(one) & runs(other)) / len(runs(one) | runs(other))
    found = alike(*(runs_of(np.array(ids, dtype=np.int32)) for ids in (one, other)))
    assert found == pytest.approx(expected)


def test_changed_copies_are_found_and_others_are_not() -> None:
    texts = long_texts(60)
    copies = [text.replace("w7 ", "w8 ").upper() + " w1 w2" for text in texts[:20]]
    found = near_duplicates([*texts, *copies], np.arange(80), 0.8)
    assert [(pair.row, pair.other) for pair in found] == [(60 + k, k) for k in range(20)]
    assert all(0.8 <= pair.similarity < 1 for pair in found)


def test_many_copies_of_one_text_are_all_copies_of_the_first() -> None:
    [text] = long_texts(1)
    found = near_duplicates([f"{text} number {k}" for k in range(300)], np.arange(300), 0.8)
    assert [(pair.row, pair.other) for pair in found] == [(k, 0) for k in range(1, 300)]


def varied(words: int, *changed: int) -> str:
    """A long text with some of its words changed."""
    return " ".join(f"{'v' if k in changed else 'w'}{k}" for k in range(words))


@pytest.mark.parametrize("similarity", [0.5, 0.95, 0.99, 1.0])
def test_any_share_can_be_asked_for(similarity: float) -> None:
    texts = [varied(900), varied(900, 0), varied(900).upper(), *long_texts(5)]
    found = near_duplicates(texts, np.arange(len(texts)), similarity)
    assert [(pair.row, pair.other) for pair in found] == ([(2, 0)] if similarity == 1 else [(1, 0), (2, 0)])


def test_what_is_nearly_a_near_duplicate_and_not_its_original_is_found() -> None:
    texts = [varied(100), varied(100, 0, 50), varied(100, 0, 25, 50, 75)]
    [one, other] = near_duplicates(texts, np.arange(3), 0.88)
    assert [(one.row, one.other), (other.row, other.other)] == [(1, 0), (2, 1)]
    copies = [varied(100) + f" {k}" for k in range(300)]  # which the near duplicate of one is not lost among
    found = near_duplicates([*copies, *texts[1:]], np.arange(302), 0.88)
    assert (found[-1].row, found[-1].other) == (301, 300)


def test_another_file_comes_before_its_own_and_the_copies_there_count() -> None:
    original, copy, late = varied(100), varied(100, 0, 50), varied(100, 0, 25, 50, 75)
    texts = [original, copy, late + " of its own", late]
    for files, expected in (([0, 0, 1, 1], 1), ([0, 0, 0, 0], 2)):
        found = near_duplicates(texts, np.arange(4), 0.88, files=np.array(files))
        assert {pair.row: pair.other for pair in found}[3] == expected


def test_only_the_rows_asked_for_are_compared_chinese_and_short_ones_too() -> None:
    texts = ["今天天气很好我们一起去公园散步吧朋友们", "no", "今天天气很好我们一起去公园散步吧朋友", "no!"]
    assert [(pair.row, pair.other) for pair in near_duplicates(texts, np.array([0, 1, 2]), 0.8)] == [(2, 0)]


def test_a_missing_library_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasketch", None)
    with pytest.raises(
        MissingExtraError, match=r'finding near duplicates needs an extra: pip install "reread\[audit\]"'
    ):
        near_duplicates(["a b c", "a b c"], np.arange(2), 0.8)
