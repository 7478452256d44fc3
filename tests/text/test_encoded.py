from __future__ import annotations

import gc
import pickle

import numpy as np
import pytest

from reread.text import encoded
from reread.text.encoded import EncodedTexts, EncodedTextsBuilder, Ids

TEXTS = [
    np.arange(start, start + 2 * length, dtype=np.int32).reshape(-1, 2)
    for start, length in [(0, 3), (6, 1), (8, 5), (18, 2)]
]


def build(in_memory: int, max_tokens: int | None = None) -> EncodedTexts:
    with EncodedTextsBuilder(2, max_tokens, in_memory) as builder:
        for ids in TEXTS:
            builder.add(ids, np.array([len(ids)]))
        return builder.finish()


@pytest.mark.parametrize("part", [1, 7, 1000])
@pytest.mark.parametrize("in_memory", [0, 9, 1000])
def test_in_memory_or_on_disk_the_ids_are_the_same(monkeypatch: pytest.MonkeyPatch, part: int, in_memory: int) -> None:
    monkeypatch.setattr(encoded, "PART", part)
    texts = build(in_memory)
    gc.collect()  # a file that were left open would warn here
    assert texts.ids.shape == (11, 2)
    assert texts.ids.ravel().tolist() == list(range(22))
    assert texts.offsets.tolist() == [0, 3, 4, 9, 11]
    assert texts.lengths.tolist() == [3, 1, 5, 2]
    assert all((one == other).all() for one, other in zip(texts, TEXTS, strict=True))
    assert (pickle.loads(pickle.dumps(texts)).ids == texts.ids).all()


def test_rows_are_found_as_in_a_list() -> None:
    texts = build(1000)
    assert len(texts) == 4
    assert (texts[-1] == TEXTS[-1]).all()
    assert (texts[np.int64(2)] == TEXTS[2]).all()  # type: ignore[call-overload]
    assert [ids.tolist() for ids in texts[1:3]] == [ids.tolist() for ids in TEXTS[1:3]]
    for index in (4, -5):
        with pytest.raises(IndexError):
            texts[index]


def test_what_a_limit_drops_is_counted() -> None:
    texts = build(1000, max_tokens=2)
    assert texts.lengths.tolist() == [2, 1, 2, 2]
    assert texts.dropped_tokens == 4
    assert (texts[2] == TEXTS[2][:2]).all()


@pytest.mark.parametrize("max_tokens", [None, 1, 3, 9])
def test_texts_are_taken_in_one_by_one_or_together(max_tokens: int | None) -> None:
    with EncodedTextsBuilder(2, max_tokens) as builder:
        builder.add(np.concatenate(TEXTS[:3]), np.array([len(ids) for ids in TEXTS[:3]]))
        builder.add(TEXTS[3], np.array([len(TEXTS[3])]))
        together = builder.finish()
    alone = build(1000, max_tokens)
    assert [ids.tolist() for ids in together] == [ids.tolist() for ids in alone]
    assert together.dropped_tokens == alone.dropped_tokens


def test_no_texts_at_all() -> None:
    with EncodedTextsBuilder(3) as builder:
        texts = builder.finish()
    assert (len(texts), texts.ids.shape, texts.unknown_rate) == (0, (0, 3), 0.0)


def test_the_share_of_unknown_tokens() -> None:
    ids: Ids = np.array([[0], [3], [0], [1]], dtype=np.int32)
    assert EncodedTexts(ids, np.array([0, 4])).unknown_rate == 0.5
