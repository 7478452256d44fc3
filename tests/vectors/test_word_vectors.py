from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError, DataError
from reread.vectors.ngrams import NGrams
from reread.vectors.word_vectors import WordVectors, nearest

COMPASS = WordVectors(
    ("east", "north", "northeast", "west", "nowhere"),
    np.array([[2, 0], [0, 3], [5, 5], [-1, 0], [0, 0]], dtype=np.float32),
)


def test_neighbours_are_the_words_of_the_highest_cosine_without_the_word_itself() -> None:
    found = COMPASS.neighbours("east", 3)
    assert [word for word, _ in found] == ["northeast", "north", "nowhere"]
    assert [cosine for _, cosine in found] == pytest.approx([np.sqrt(0.5), 0, 0])
    assert [word for word, _ in COMPASS.neighbours("east", 99)] == ["northeast", "north", "nowhere", "west"]


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 7), st.integers(1, 12))
def test_neighbours_do_not_depend_on_how_the_rows_are_read(seed: int, words: int, block: int, n: int) -> None:
    matrix = np.random.default_rng(seed).normal(size=(words, 4)).astype(np.float32)
    vectors = WordVectors(tuple(map(str, range(words))), matrix)
    parts = [(vectors.words[k : k + block], matrix[k : k + block]) for k in range(0, words, block)]
    in_parts = nearest(parts, matrix[0], n, but="0")
    in_one = vectors.neighbours("0", n)
    assert [word for word, _ in in_parts] == [word for word, _ in in_one]
    assert len(in_one) == min(n, words - 1)


@pytest.mark.parametrize(("word", "hint"), [("East", 'did you mean "east"'), ("down", "expected a word of the texts")])
def test_a_word_without_a_vector(word: str, hint: str) -> None:
    with pytest.raises(DataError, match=f'"{word}" has no vector; {hint}'):
        COMPASS.neighbours(word)


def test_rows_for_tokens_and_which_of_them_have_one() -> None:
    rows, known = COMPASS.rows_for(["north", "down", "east", "north"])
    assert rows.tolist() == [[0, 3], [0, 0], [2, 0], [0, 3]]
    assert known.tolist() == [True, False, True, True]
    assert rows.dtype == np.float32


def test_restricted_to_some_words(vectors: WordVectors) -> None:
    few = vectors.restricted(["好", "unheard", "the", "好"])
    assert few.words == ("好", "the")
    np.testing.assert_array_equal(few.matrix, vectors.matrix[[2, 0]])
    assert few.meta == vectors.meta


def test_the_checksum_is_of_words_and_numbers_and_nothing_else(vectors: WordVectors) -> None:
    same = WordVectors(vectors.words, np.asfortranarray(vectors.matrix), {"other": 1})
    assert same.checksum() == vectors.checksum()
    changed = vectors.matrix.copy()
    changed[4, 2] = np.nextafter(changed[4, 2], np.float32(9))
    others = [
        replace(vectors, matrix=changed),
        replace(vectors, words=("The", *vectors.words[1:])),
        replace(vectors, matrix=vectors.matrix[:, :2]),
        WordVectors(vectors.words[::-1], vectors.matrix[::-1]),
    ]
    assert len({vectors.checksum(), *(other.checksum() for other in others)}) == 5


@pytest.mark.parametrize(
    ("words", "shape", "message"),
    [(("a", "b"), (3, 2), "2 words and vectors of shape"), (("a",), (1,), "expected one row a word"), (("a", "a"), (2, 2), "the vectors list a word twice")],
)  # fmt: skip
def test_words_and_rows_that_do_not_fit(words: tuple[str, ...], shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(DataError, match=message):
        WordVectors(words, np.zeros(shape, dtype=np.float32))


def test_reduced_vectors_keep_the_directions_in_which_words_differ() -> None:
    random = np.random.default_rng(0)
    plane = random.normal(size=(50, 2)) * (5.0, 3.0)
    axes = np.linalg.qr(random.normal(size=(8, 2)))[0]
    matrix = (plane @ axes.T + 7.0).astype(np.float32)  # 8 numbers, of which 2 would do
    whole = WordVectors(tuple(f"w{k}" for k in range(50)), matrix)
    reduced = whole.reduced(2)
    assert (reduced.words, reduced.dim, reduced.meta["reduced_from"]) == (whole.words, 2, 8)
    between = [np.linalg.norm(found.matrix[:, None] - found.matrix[None], axis=2) for found in (whole, reduced)]
    np.testing.assert_allclose(between[1], between[0], atol=1e-4)
    assert reduced.matrix[:, 0].var() > reduced.matrix[:, 1].var()
    np.testing.assert_array_equal(whole.reduced(2).matrix, reduced.matrix)


def test_unknown_words_keep_the_place_among_reduced_vectors_that_their_n_grams_give_them() -> None:
    random = np.random.default_rng(0)
    axes = np.linalg.qr(random.normal(size=(6, 2)))[0]
    known, grams = (((random.normal(size=(rows, 2)) @ axes.T) + 3.0).astype(np.float32) for rows in (40, 25))
    whole = WordVectors(tuple(f"w{k}" for k in range(40)), known, ngrams=NGrams(grams, 2, 4))
    reduced = whole.reduced(2)
    for word in ("w0", "unheard", "of"):
        before, after = (np.linalg.norm(own.matrix - own.vector(word), axis=1) for own in (whole, reduced))
        np.testing.assert_allclose(after, before, atol=1e-4)


def test_vectors_are_not_reduced_to_more_than_they_have() -> None:
    with pytest.raises(ConfigError, match="3 vectors of 4 numbers cannot be reduced to 4; at most 3"):
        WordVectors(("a", "b", "c"), np.ones((3, 4), dtype=np.float32)).reduced(4)
