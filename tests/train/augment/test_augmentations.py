"""What each augmentation does to a text, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError
from reread.recipes import load_recipe
from reread.text.encoder import TextEncoder, TextSettings
from reread.train.augment import Augmentation, Words, augmentations, build_augment, check_augment, options_of
from reread.train.augment.spelling import misspelt
from reread.vectors.word_vectors import WordVectors

TEXTS = ["one two three . four five ! ? six seven", "one film , the film and films ."]
seeds = st.integers(0, 2**32 - 1)
some_tokens = st.lists(st.integers(0, 9), min_size=1, max_size=30).map(lambda ids: np.array(ids, dtype=np.int32))


def words_of(texts: list[str], vectors: WordVectors | None = None, **settings: Any) -> Words:
    return Words(
        TextEncoder.learn(TextSettings.for_language(**{"language": "en", "min_count": 1, **settings}), texts), vectors
    )


WORDS = words_of(TEXTS)


def build(name: str, words: Words = WORDS, **options: Any) -> Augmentation:
    return augmentations.get(name)(words, **options)


def ids_of(words: Words, text: str) -> np.ndarray:
    return words.encoder.encode(text)[:, 0]


def read_back(words: Words, tokens: np.ndarray) -> str:
    return " ".join("?" if k == 0 else words.vocabulary.tokens[k - 1] for k in tokens.tolist())


@given(tokens=some_tokens, seed=seeds)
def test_swapped_tokens_move_by_one_place(tokens: np.ndarray, seed: int) -> None:
    places = np.arange(len(tokens), dtype=np.int32)
    moved = build("swap", rate=0.6).apply(places, np.random.default_rng(seed))
    assert sorted(moved.tolist()) == places.tolist()
    assert np.abs(moved - places).max() <= 1


def test_as_many_tokens_are_swapped_as_the_rate_says() -> None:
    places = np.arange(100_000, dtype=np.int32)
    moved = build("swap", rate=0.1).apply(places, np.random.default_rng(0))
    assert 0.16 < np.mean(moved != places) < 0.2  # two of each pair; less where two pairs share a token


@given(tokens=some_tokens, seed=seeds)
def test_what_is_left_of_a_text_is_in_order_and_never_nothing(tokens: np.ndarray, seed: int) -> None:
    places = np.arange(len(tokens), dtype=np.int32)
    left = build("delete", rate=0.95).apply(places, np.random.default_rng(seed))
    assert len(left) >= 1
    assert (np.diff(left) > 0).all()


def test_as_many_tokens_are_deleted_as_the_rate_says() -> None:
    left = build("delete", rate=0.1).apply(np.zeros(100_000, dtype=np.int32), np.random.default_rng(0))
    assert 0.89 < len(left) / 100_000 < 0.91


def test_sentences_stay_whole() -> None:
    shuffling, tokens = build("sentences", rate=1), ids_of(WORDS, TEXTS[0])
    orders = {read_back(WORDS, shuffling.apply(tokens, np.random.default_rng(seed))) for seed in range(60)}
    first, second, third = "one two three .", "four five ! ?", "six seven"
    assert orders == {
        " ".join(order)
        for order in [
            (first, second, third),
            (first, third, second),
            (second, first, third),
            (second, third, first),
            (third, first, second),
            (third, second, first),
        ]
    }


def test_chinese_sentences_end_at_their_own_marks() -> None:
    words = words_of(["很好。很差！好？"], language="zh", normalisers=["lower_case"], segmenter="characters")
    shuffling, tokens = build("sentences", words, rate=1), ids_of(words, "很好。很差！好？")
    orders = {read_back(words, shuffling.apply(tokens, np.random.default_rng(seed))) for seed in range(60)}
    assert len(orders) == 6
    assert "好 ？ 很 差 ！ 很 好 。" in orders


def test_a_misspelt_word_is_looked_up() -> None:
    words = words_of(["form from the forms"])
    spelling = build("spelling", words, rate=0.999)
    outcomes = {
        read_back(words, spelling.apply(ids_of(words, "form from the"), np.random.default_rng(seed)))
        for seed in range(200)
    }
    assert {outcome.split()[2] for outcome in outcomes} == {"the"}  # three letters
    assert {outcome.split()[0] for outcome in outcomes} == {"from", "?"}
    assert {outcome.split()[1] for outcome in outcomes} == {"form", "?"}


@given(
    word=st.text("abcdé", min_size=4, max_size=9), mistake=st.integers(0, 2), where=st.floats(0, 1, exclude_max=True)
)
def test_a_mistake_is_inside_the_word(word: str, mistake: int, where: float) -> None:
    wrong = misspelt(word, mistake, where)
    assert (wrong[0], wrong[-1]) == (word[0], word[-1])
    assert len(wrong) - len(word) == (0, -1, 1)[mistake]
    if mistake == 0:
        assert sorted(wrong) == sorted(word)
        assert sum(a != b for a, b in zip(wrong, word, strict=True)) in {0, 2}


def test_every_mistake_is_made_everywhere_inside() -> None:
    places = [k / 20 for k in range(20)]
    assert [{misspelt("abcde", mistake, where) for where in places} for mistake in range(3)] == [
        {"acbde", "abdce"},
        {"acde", "abde", "abce"},
        {"abbcde", "abccde", "abcdde"},
    ]


def test_words_become_their_nearest_neighbours() -> None:
    angles = np.array([0, 0.1, 0.2, 3.1, 3.2, 3.3])
    vectors = WordVectors(
        ("one", "two", "three", "four", "five", "six"), np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    )
    words = words_of(TEXTS, vectors)
    replacing = build("nearest", words, rate=0.999, neighbours=2)
    tokens = ids_of(words, "one four film . §")
    outcomes = {read_back(words, replacing.apply(tokens, np.random.default_rng(seed))) for seed in range(100)}
    firsts, seconds, *rest = zip(*(outcome.split() for outcome in outcomes), strict=True)
    assert {"two", "three"} <= set(firsts) <= {"one", "two", "three"}
    assert {"five", "six"} <= set(seconds) <= {"four", "five", "six"}
    assert [set(each) for each in rest] == [{"film"}, {"."}, {"?"}]  # without a vector, or not known


def test_there_are_no_more_neighbours_than_words() -> None:
    vectors = WordVectors(("one", "two"), np.eye(2, dtype=np.float32))
    words = words_of(TEXTS, vectors)
    tokens = build("nearest", words, rate=0.999, neighbours=50).apply(
        ids_of(words, "one two"), np.random.default_rng(1)
    )
    assert set(read_back(words, tokens).split()) <= {"one", "two"}


def test_all_are_applied_whatever_the_order_of_their_names_in_the_table() -> None:
    words, options = WORDS, {"swap": {"rate": 0.5}, "delete": {"rate": 0.5}, "sentences": {}}
    texts = [words.encoder.encode(text) for text in TEXTS]
    outcomes = []
    for names in (options, reversed(options)):
        augment = build_augment({name: options[name] for name in names}, words)
        assert augment is not None
        assert [type(part) for part in augment.parts] == [augmentations.get(name) for name in sorted(options)]
        outcomes.append([augment(texts, np.random.default_rng(seed)) for seed in range(5)])
    for one, other in zip(*outcomes, strict=True):
        assert all(map(np.array_equal, one, other))


def test_nothing_is_built_of_nothing() -> None:
    assert build_augment({}, WORDS) is None


def test_wrong_names_and_options_are_told() -> None:
    with pytest.raises(ConfigError, match=r'unknown augmentation "swop"\. Did you mean "swap"'):
        options_of("swop", {})
    with pytest.raises(ConfigError, match='unknown option "rat" of augmentation swap'):
        options_of("swap", {"rat": 0.1})
    with pytest.raises(
        ConfigError, match=r"training\.augment\.delete\.rate = 1: expected a number at least 0 and below 1"
    ):
        options_of("delete", {"rate": 1})


def test_what_needs_vectors_is_refused_before_the_data_is_read() -> None:
    recipe = load_recipe("lstm").with_settings({"training": {"augment": {"nearest": {}}}})
    with pytest.raises(ConfigError, match=r"nearest needs word vectors, and the network starts from none"):
        check_augment(recipe)
    check_augment(recipe.with_settings({"vectors": {"source": "word2vec"}}))


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("nearest", WORDS, "nearest needs word vectors"),
        ("nearest", words_of(TEXTS, WordVectors(("one",), np.ones((1, 2), np.float32))), "at least two known words"),
        ("sentences", words_of(["a film"]), "the vocabulary has none, such as"),
        ("spelling", words_of(["a lovely film"], segmenter="characters"), "the tokens of segmenter characters here"),
        ("spelling", words_of(["很好"], language="zh", segmenter="chinese"), "the tokens of segmenter chinese here"),
    ],
)
def test_words_that_do_not_suit_are_refused(name: str, words: Words, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(name, words)
