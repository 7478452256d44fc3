"""Texts that may be learned from."""

from __future__ import annotations

import pytest

from reread.data.learnable import LearnableTexts
from reread.data.split import text_keys
from reread.text import chunks


@pytest.mark.parametrize("characters", [1, chunks.CHARACTERS])
def test_withheld_texts_are_left_out_whatever_their_case_and_spaces(
    characters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHARACTERS", characters)
    told: list[int] = []
    stream = ["A good  film", "", "one", "a GOOD film", "two", "zwei", "one"]
    texts = LearnableTexts(stream, text_keys(["a good film", "two", "never seen", "a good film"]), told.append)
    for _ in range(2):
        assert list(texts) == ["", "one", "zwei", "one"]
        assert (texts.read, texts.left_out) == (7, 3)
    assert told == [3]
    assert texts.withholds(["two", "three", "A good film", "two"]) == 3
    assert [key for _, key in texts.with_keys()] == text_keys(["", "one", "zwei", "one"]).tolist()


def test_nothing_may_be_withheld() -> None:
    told: list[int] = []
    for withheld in ([], ["other"]):
        texts = LearnableTexts(iter(["a", "b"]), text_keys(withheld), told.append)
        assert list(texts) == ["a", "b"]
        assert (texts.read, texts.left_out) == (2, 0)
    assert told == [0, 0]


def test_the_stream_is_read_no_further_than_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHARACTERS", 1)
    stream = iter(["a", "b", "c"])
    assert next(iter(LearnableTexts(stream, text_keys([])))) == "a"
    assert list(stream) == ["b", "c"]
