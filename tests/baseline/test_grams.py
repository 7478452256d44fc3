"""N-grams of words and characters: those that scikit-learn counts, where they stand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from reread.baseline.grams.characters import CharacterGrams
from reread.baseline.grams.keys import GramTable, Tokens
from reread.baseline.grams.words import BITS, EDGE, WordGrams
from reread.ids import UNKNOWN
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.vocabulary import Vocabulary
from support.linear import dense, named_counts, names

TEXTS = st.lists(st.text("abB c好!\n", max_size=14), max_size=10)


def kept_in(known: WordGrams | CharacterGrams, texts: list[str], least: int) -> WordGrams | CharacterGrams:
    """Those that stand in enough texts."""
    return known.kept(np.flatnonzero(known.counts(texts).frequencies() >= least))


def peer_counts(peer: CountVectorizer, texts: list[str]) -> dict[str, list[int]]:
    try:
        matrix = peer.fit_transform(texts).toarray()
    except ValueError:  # no n-gram stands in so many texts
        return {}
    return {name: matrix[:, at].tolist() for at, name in enumerate(peer.get_feature_names_out())}


@pytest.mark.parametrize(("language", "lengths"), [("en", (2, 5)), ("zh", (1, 4))])
@given(texts=TEXTS, least=st.integers(1, 3))
def test_n_grams_of_characters_are_those_of_scikit_learn(
    language: str, lengths: tuple[int, int], texts: list[str], least: int
) -> None:
    known = kept_in(CharacterGrams.learn(texts, language, least), texts, least)
    normalise = TextEncoder(TextSettings.for_language(language)).normalise
    peer = CountVectorizer(analyzer="char_wb", ngram_range=lengths, preprocessor=normalise, min_df=least)
    expected = peer_counts(peer, texts)
    expected.pop(" ", None)  # the edge alone
    counts = dense(known.counts(texts)).T.astype(int).tolist()
    assert dict(zip(map("".join, names("characters", known)), counts, strict=True)) == expected


@given(texts=TEXTS, least=st.integers(1, 3))
def test_n_grams_of_words_are_those_of_scikit_learn(texts: list[str], least: int) -> None:
    known = kept_in(WordGrams.learn(texts, "en", least), texts, least)
    encoder = TextEncoder(TextSettings.for_language("en", segmenter="words"))
    options = {"token_pattern": None, "lowercase": False, "min_df": least}
    inside = CountVectorizer(tokenizer=encoder.tokens, ngram_range=(1, 3), **options)
    pairs = CountVectorizer(tokenizer=lambda text: ["", *encoder.tokens(text), ""], ngram_range=(2, 2), **options)
    with_edges = {name: each for name, each in peer_counts(pairs, texts).items() if name.strip(" ") not in {name, ""}}
    counts = dense(known.counts(texts)).T.astype(int).tolist()
    assert (
        dict(zip(map(" ".join, names("words", known)), counts, strict=True)) == peer_counts(inside, texts) | with_edges
    )


def test_no_run_of_words_reaches_over_the_end_of_a_text_or_an_unknown_word() -> None:
    known = WordGrams.learn(["a b", "a b", "c"], "en", 1)
    first, last, c = ("", "a"), ("b", ""), {("c",): 1, ("", "c"): 1}
    assert set(names("words", known)) == {("a",), ("b",), ("c",), ("a", "b"), first, last, ("", "c"), ("c", "")}
    assert named_counts("words", known, ["a b", "c a", "a x b", "x", "b a b"]) == [
        {("a",): 1, ("b",): 1, ("a", "b"): 1, first: 1, last: 1}, {("a",): 1, **c}, {("a",): 1, ("b",): 1, first: 1, last: 1}, {},
        {("a",): 1, ("b",): 2, ("a", "b"): 1, last: 1},
    ]  # fmt: skip


def test_no_run_of_characters_reaches_over_a_word_or_an_unknown_character() -> None:
    known = CharacterGrams.learn(["ab cd", "abc"], "en", 1)
    [found] = named_counts("characters", known, ["abxc cd"])
    assert {"".join(run) for run in found} == {" a", "ab", " ab", "c ", " c", "cd", "d ", " cd", "cd ", " cd "}
    assert found[tuple("c ")] == 1


def test_the_longest_runs_of_the_largest_vocabulary_have_columns_of_their_own() -> None:
    tokens = [f"{number}" for number in range(EDGE - 1)]
    last, other = [f" {' '.join(tokens[-3 + back : len(tokens) + back])}" for back in (0, -1)]
    encoder = TextEncoder(TextSettings(segmenter="words"), [Vocabulary(tokens)])
    ids = encoder.encode_many([last, other]).ids[:, 0].astype(np.int64)
    table = GramTable.frequent(Tokens(ids, np.repeat([0, 1], 3), ids == UNKNOWN), range(1, 4), BITS, 1)
    known = WordGrams(encoder, table)
    assert len(set(names("words", known))) == len(known) == 4 + 3 + 2
    assert tuple(last.split()) in names("words", known)


def test_the_rarest_characters_beyond_the_largest_alphabet_are_unknown() -> None:
    many = [chr(0x4E00 + number) for number in range(5000)]
    known = CharacterGrams.learn(["".join(many), "".join(many[100:])], "zh", 1)
    assert len(known.description()["alphabet"]) == 4095
    [rare, frequent] = named_counts("characters", known, [many[50], many[100]])
    assert rare == {}
    assert frequent[many[100],] == 1


def spans(kind: type[WordGrams | CharacterGrams], text: str, language: str = "en") -> Counter[tuple[str, str]]:
    """Each n-gram that a model of a text knows, with the characters that it stands for."""
    known = kind.learn([text], language, 1)
    called = names("words" if kind is WordGrams else "characters", known)
    columns, starts, ends = known.occurrences(text)
    between = " " if kind is WordGrams else ""
    return Counter(
        (between.join(called[column]), text[start:end])
        for column, start, end in zip(columns, starts, ends, strict=True)
    )


def test_words_stand_where_they_were_written() -> None:
    found = spans(WordGrams, "Don’t<br />LOOK 👩 at it’S\nend")
    assert found == Counter(
        [
            ("don't", "Don’t"), ("look", "LOOK"), ("👩", "👩"), ("at", "at"), ("it's", "it’S"), ("end", "end"),
            ("don't look", "Don’t<br />LOOK"), ("look 👩", "LOOK 👩"), ("👩 at", "👩 at"), ("at it's", "at it’S"),
            ("it's end", "it’S\nend"), ("don't look 👩", "Don’t<br />LOOK 👩"), ("look 👩 at", "LOOK 👩 at"),
            ("👩 at it's", "👩 at it’S"), ("at it's end", "at it’S\nend"), (" don't", "Don’t"), ("end ", "end"),
        ]
    )  # fmt: skip


def test_characters_stand_where_they_were_written_and_an_edge_for_its_neighbour() -> None:
    found = spans(CharacterGrams, "<br/>Aé<BR >\t👩")
    assert found == Counter(
        [
            (" a", "A"), ("aé", "Aé"), ("é ", "é"), (" aé", "Aé"), ("aé ", "Aé"), (" aé ", "Aé"),
            (" 👩", "👩"), ("👩 ", "👩"), (" 👩 ", "👩"),
        ]
    )  # fmt: skip
    assert spans(CharacterGrams, "很Ａ好", "zh")["很a", "很Ａ"] == 1


@given(st.text("aBİß<br> \n’é好👩\ud800", max_size=20))
def test_the_characters_of_a_place_are_those_of_the_n_gram(text: str) -> None:
    normalised = TextEncoder(TextSettings.for_language("en")).normalise(text)
    known = CharacterGrams.learn([text], "en", 1)
    called = list(map("".join, names("characters", known)))
    for column, start, end in zip(*known.occurrences(text), strict=True):
        assert normalised[start:end] == called[column].strip()


def test_half_of_a_surrogate_pair_is_in_no_n_gram_of_characters() -> None:
    """Two halves that meet in a file's list of characters would be read as one."""
    known = CharacterGrams.learn(["ab\ud83d cd", "ab\udc00 cd"], "en", 1)
    assert all("\ud83d" not in run and "\udc00" not in run for run in names("characters", known))
    assert {"".join(run) for run in named_counts("characters", known, ["\ud83dab"])[0]} == {"ab"}


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 4), st.data())
def test_runs_are_those_of_a_loop(ids: list[int], length: int, data: st.DataObject) -> None:
    owners = sorted(data.draw(st.lists(st.integers(0, 3), min_size=len(ids), max_size=len(ids))))
    tokens = Tokens(np.array(ids, np.int64), np.array(owners, np.int64), np.array(ids, np.int64) == 0)
    expected = [
        (sum(each << 4 * (length - 1 - place) for place, each in enumerate(ids[at : at + length])), at)
        for at in range(len(ids) - length + 1)
        if all(ids[at : at + length]) and len(set(owners[at : at + length])) == 1
    ]
    keys, starts = tokens.runs(length, 4)
    assert list(zip(keys.tolist(), starts.tolist(), strict=True)) == expected
