from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from reread.baseline.grams import GRAMS, Grams, count_grams
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.vocabulary import Vocabulary

TEXTS = st.lists(st.text("ab c好!", max_size=12), max_size=12)


def counted(texts: Sequence[str], grams: str, min_texts: int = 1, most: int = 1000) -> tuple[Any, list[str]]:
    settings = TextSettings(segmenter=grams, min_count=min_texts, max_vocabulary=None)
    encoder = TextEncoder.learn(settings, texts)
    tokens = encoder.vocabularies[0].tokens
    return count_grams(encoder.encode_many(texts), tokens, GRAMS[grams], min_texts=min_texts, most=most)


def test_grams_of_one_text() -> None:
    assert GRAMS["words"](["a", "b", "c"]) == ["a", "b", "c", "a b", "b c"]
    assert GRAMS["characters"](["足", "球", "赛"]) == ["足", "球", "赛", "足球", "球赛", "足球赛"]
    assert [grams([]) for grams in GRAMS.values()] == [[], []]


@pytest.mark.parametrize("grams", GRAMS)
@given(texts=TEXTS, min_texts=st.integers(1, 3), most=st.integers(1, 12) | st.just(1000))
def test_counts_are_those_of_scikit_learn(grams: str, texts: list[str], min_texts: int, most: int) -> None:
    matrix, names = counted(texts, grams, min_texts, most)
    encoder = TextEncoder(TextSettings(segmenter=grams))
    peer = CountVectorizer(
        analyzer=lambda text: GRAMS[grams](encoder.tokens(text)), min_df=min_texts, max_features=most, dtype=np.float32
    )
    try:
        right = peer.fit_transform(texts)
    except ValueError:  # no n-gram stands in so many texts
        assert (matrix.shape, names) == ((len(texts), 0), [])
    else:
        assert names == list(peer.get_feature_names_out())
        assert np.array_equal(matrix.toarray(), right.toarray())


def test_no_run_reaches_over_a_text_or_an_unknown_token() -> None:
    matrix, names = counted(["a b", "c d", "a x", "x", "a b y b a", "c d"], "words", min_texts=2)
    assert names == ["a", "a b", "b", "c", "c d", "d", "x"]
    assert matrix.toarray()[4].tolist() == [2, 1, 2, 0, 0, 0, 0]


def test_the_longest_runs_of_the_largest_vocabulary_have_keys_of_their_own() -> None:
    tokens = [f"{number}" for number in range(1 << 20)]
    encoder = TextEncoder(TextSettings(segmenter="words"), [Vocabulary(tokens)])
    texts = [" ".join(tokens[-3:]), " ".join(tokens[-4:-1])]
    _, names = count_grams(encoder.encode_many(texts), tokens, Grams(3, " "), min_texts=1, most=100)
    assert len(names) == len(set(names)) == 9
    assert texts[0] in names
