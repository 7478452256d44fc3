"""The promises of every kind of n-grams."""

from __future__ import annotations

import json
import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.baseline.grams import Grams, grams
from reread.errors import ConfigError
from support.linear import dense

TRAINING = [
    "Don't look, it’s 3.14 <br /> times", "look at it’s times", "我来到北京清华大学", "我来到 👩‍👩‍👧 \ud800", "",
    "\n", "look at \ud83d\udc00 it",
]  # fmt: skip
PIECES = st.sampled_from(
    ["LOOK", "at", "it’s", "it's", "3.14", "times", "Don't", ",", "我来", "到北京", "<br />", "👩‍👩‍👧", "\ud800", "\udc00", "İ", "zz", "\n", "."]
)  # fmt: skip
TEXTS = st.one_of(st.text(st.characters(), max_size=20), st.lists(PIECES | st.just(" "), max_size=12).map("".join))


@pytest.fixture(scope="module", params=[(name, language) for name in grams for language in ("en", "zh")], ids=str)
def case(request: pytest.FixtureRequest) -> tuple[type[Grams], str]:
    name, language = request.param
    return grams.get(name), language


@pytest.fixture(scope="module")
def known(case: tuple[type[Grams], str]) -> Grams:
    kind, language = case
    return kind.learn(TRAINING, language, 1)


def test_something_is_known(known: Grams) -> None:
    counts = known.counts(TRAINING)
    assert (len(counts), counts.width) == (len(TRAINING), len(known))
    assert (counts.frequencies() > 0).all()
    assert dense(counts)[4:6].sum() == 0  # of no word


@given(texts=st.lists(TEXTS, max_size=6))
def test_counts_and_occurrences_agree_and_neighbours_change_nothing(known: Grams, texts: list[str]) -> None:
    counts = dense(known.counts(texts))
    assert counts.shape == (len(texts), len(known))
    for text, row in zip(texts, counts, strict=True):
        columns, starts, ends = known.occurrences(text)
        assert np.array_equal(np.bincount(columns, minlength=len(known)), row)
        assert ((starts >= 0) & (starts < ends) & (ends <= len(text))).all()


@given(text=TEXTS)
def test_n_grams_begin_and_end_with_pieces(known: Grams, text: str) -> None:
    pieces, (_, starts, ends) = known.spans(text), known.occurrences(text)
    assert set(starts.tolist()) <= {start for start, _ in pieces}
    assert set(ends.tolist()) <= {end for _, end in pieces}
    assert all(one[1] <= other[0] for one, other in pairwise(pieces))
    assert not any(text[start:end].isspace() for start, end in pieces)


def test_a_line_break_of_html_is_no_piece(known: Grams) -> None:
    assert len(known.spans("a <br /> b")) == 2


@given(text=TEXTS, data=st.data())
def test_kept_ones_are_counted_as_before(known: Grams, text: str, data: st.DataObject) -> None:
    columns = np.array(sorted(data.draw(st.sets(st.integers(0, len(known) - 1), max_size=9))), np.int64)
    for some in (columns, np.setdiff1d(np.arange(len(known)), columns)):
        kept = known.kept(some)
        assert len(kept) == len(some)
        assert np.array_equal(dense(kept.counts([text, *TRAINING])), dense(known.counts([text, *TRAINING]))[:, some])


@given(text=TEXTS)
def test_parts_in_a_file_and_a_pickle_count_the_same(known: Grams, text: str) -> None:
    written = json.dumps(known.description(), ensure_ascii=False).encode("utf-8", "backslashreplace")  # as folders are
    arrays = {name: array.copy() for name, array in known.arrays().items()}
    for again in (type(known).from_parts(json.loads(written), arrays), pickle.loads(pickle.dumps(known))):
        assert np.array_equal(dense(again.counts([text, *TRAINING])), dense(known.counts([text, *TRAINING])))
        assert again.description() == known.description()


@pytest.mark.parametrize("texts", [[], [""], [" \n"]])
def test_of_no_words_nothing_is_known(case: tuple[type[Grams], str], texts: list[str]) -> None:
    kind, language = case
    known = kind.learn(texts, language, 1)
    assert len(known) == 0
    assert dense(known.counts(["look", ""])).shape == (2, 0)
    assert [len(each) for each in known.occurrences("look at")] == [0, 0, 0]


def test_those_of_enough_texts_are_not_left_out(case: tuple[type[Grams], str], known: Grams) -> None:
    kind, language = case
    fewer = kind.learn(TRAINING, language, 2)
    assert (known.counts(TRAINING).frequencies() >= 2).sum() == (fewer.counts(TRAINING).frequencies() >= 2).sum() > 0
    assert len(fewer) < len(known)


def test_samples_are_words_and_follow_from_their_seed(known: Grams) -> None:
    samples = [known.sample(np.random.default_rng(seed), 20) for seed in (0, 0, 1)]
    assert samples[0] == samples[1] != samples[2]
    assert 0 < len(samples[0]) <= 20
    assert known.counts(["".join(samples[0])]).width == len(known)


def test_missing_and_unsorted_keys_are_refused(known: Grams) -> None:
    description, arrays = known.description(), known.arrays()
    name = max(arrays, key=lambda each: len(arrays[each]))
    for wrong in ({}, {**arrays, name: arrays[name][::-1]}, {**arrays, name: arrays[name].astype(np.int32)}):
        with pytest.raises(ConfigError, match=r"^the n-grams of length . are not rising whole numbers$"):
            type(known).from_parts(description, wrong)
