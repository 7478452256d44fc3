"""From text to ids in compiled code, property by property, and whole against Python."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reread.kernel import Library, available, load
from reread.kernel.text import TextKernel
from reread.kernel.tokens import TokenTable
from reread.text.compiled import StopWordCase
from reread.text.encoder import MOST_NGRAMS
from reread.text.ngrams import ngrams_of
from reread.text.normalisers import normalisers
from reread.text.segmenters import segmenters
from reread.text.vocabulary import Vocabulary
from support.kernel.text_by_python import (
    CHAINS,
    PIECES,
    SEGMENTERS,
    STOP_WORDS,
    between_spaces,
    cases,
    differences,
    encoder_of,
    ids_of,
    miscounted,
    path_of,
)

ANYTHING = st.characters()  # lone surrogates too
TEXTS = st.one_of(st.text(ANYTHING, max_size=40), st.lists(st.sampled_from([*PIECES, " "]), max_size=12).map("".join))
MAPS = [name for name in normalisers if normalisers.get(name).kernel == "map"]
few = settings(max_examples=50)
every_segmenter = pytest.mark.parametrize("segmenter", SEGMENTERS, ids=str)


@pytest.fixture(scope="module")
def library() -> Library:
    return load()


def looking_up(
    library: Library, *vocabularies: Sequence[str], segmenter: str = "words", joint: str = " "
) -> TextKernel:
    tables = [TokenTable(library, tokens) for tokens in vocabularies]
    return TextKernel(library, between_spaces, stages=1, segmenter=segmenter, vocabularies=tables, joint=joint)


TOKENS = st.lists(st.text(ANYTHING.filter(lambda character: character != " "), min_size=1, max_size=5), max_size=40)


@few
@given(known=TOKENS.map(dict.fromkeys).map(list), tokens=TOKENS)
def test_tokens_are_looked_up_as_in_a_vocabulary(library: Library, known: list[str], tokens: list[str]) -> None:
    every = [*tokens, *known, "film"]
    ids, lengths = looking_up(library, known)([" ".join(every), "film"])
    assert ids[:, 0].tolist() == Vocabulary(known).ids([*every, "film"])
    assert lengths.tolist() == [len(every), 1]


def test_a_vocabulary_of_many_tokens(library: Library) -> None:
    known = [f"{number:x}" for number in range(30_000)]
    ids, _ = looking_up(library, known)([" ".join([*known, "x", *known])])
    assert ids[:, 0].tolist() == [*range(1, 30_001), 0, *range(1, 30_001)]


@few
@given(text=TEXTS)
def test_pairs_are_looked_up_across_spaces(library: Library, text: str) -> None:
    features = ngrams_of([character for character in text if character != " "], 2, "")
    assume(features[0])
    known = [sorted(set(feature)) for feature in features]
    ids, _ = looking_up(library, *known, segmenter="characters", joint="")([text])
    right = [Vocabulary(own).ids(feature) for own, feature in zip(known, features, strict=True)]
    assert ids.T.tolist() == right


def test_runs_of_words_by_hand(library: Library) -> None:
    known = ["a", "b", "ab"], ["a b", "ab a", "b"], ["a b ab", "ab a", "a"]
    ids, lengths = looking_up(library, *known)(["a  b ab", "ab a", "b", " "])
    assert ids.tolist() == [[1, 1, 1], [2, 0, 0], [3, 0, 0], [3, 2, 2], [1, 0, 3], [2, 3, 0], [0, 0, 0]]
    assert lengths.tolist() == [3, 2, 1, 1]


@every_segmenter
@few
@given(text=TEXTS)
def test_texts_are_cut_as_in_python(library: Library, segmenter: tuple[str, dict[str, bool]], text: str) -> None:
    assert differences(library, encoder_of([text], (), segmenter), [text]) == []


@pytest.mark.parametrize("chain", [(name,) for name in [*MAPS, "html_breaks"]], ids=str)
@few
@given(text=TEXTS)
def test_characters_are_normalised_as_in_python(library: Library, chain: tuple[str, ...], text: str) -> None:
    for segmenter in ("characters", {}), ("words", {"punctuation": True}):
        assert differences(library, encoder_of([text], chain, segmenter), [text]) == []


@few
@given(text=TEXTS, chain=st.sampled_from([(), ("lower_case",)]))
def test_stop_words_are_dropped_as_in_python(library: Library, text: str, chain: tuple[str, ...]) -> None:
    assert differences(library, encoder_of([text], chain, SEGMENTERS[1], STOP_WORDS), [text]) == []


@every_segmenter
@few
@given(
    texts=st.lists(TEXTS, min_size=1, max_size=5),
    chain=st.sampled_from(CHAINS),
    ngrams=st.integers(1, MOST_NGRAMS),
    stop=st.booleans(),
)
def test_whole_texts_are_encoded_as_in_python(
    library: Library,
    segmenter: tuple[str, dict[str, bool]],
    texts: list[str],
    chain: tuple[str, ...],
    ngrams: int,
    *,
    stop: bool,
) -> None:
    encoder = encoder_of(texts[::2], chain, segmenter, STOP_WORDS * stop, ngrams)
    assert differences(library, encoder, texts) == []
    assert miscounted(library, encoder, texts) == []


CODES = [*range(0x20000), *range(0x2F700, 0x2FB00), *range(0xE0000, 0xE0200)]  # beyond them are Han, and nothing yet


@pytest.mark.parametrize("name", MAPS)
def test_what_replaces_a_character_depends_on_that_one_alone(name: str) -> None:
    normaliser = normalisers.get(name)()
    characters = [chr(code) for code in CODES if chr(code) not in normaliser.unless]
    assert normaliser("".join(characters)) == "".join(map(normaliser, characters))


def test_stop_words_are_looked_up_in_the_case_of_a_token() -> None:
    lower = StopWordCase()
    assert all(lower(chr(code)) == chr(code).lower() for code in CODES if chr(code) not in lower.unless)


def test_every_character_of_unicode_in_company(library: Library) -> None:
    text = " ".join(f"{one} a{one}'a 1{one}1 .{one}a" for one in map(chr, CODES) if one != "Σ")
    encoder = encoder_of([text], ("half_width", "lower_case"), SEGMENTERS[1])
    assert np.array_equal(path_of(encoder, library)([text])[0], encoder._encode_in_python(text))


@pytest.mark.parametrize(
    ("chain", "stop_words", "text"),
    [
        (("lower_case",), (), "ΟΔΟΣ"),
        (("html_breaks", "lower_case"), (), "a<br>Σ"),
        (("half_width",), ("the",), "ΟΔΟΣ"),
        (("half_width",), ("the",), "İs"),
    ],
)
def test_what_depends_on_its_company_is_left_to_python(
    library: Library, chain: tuple[str, ...], stop_words: tuple[str, ...], text: str
) -> None:
    encoder = encoder_of(["a b", text], chain, SEGMENTERS[0], stop_words)
    path = path_of(encoder, library)
    assert ids_of(path, ["a b", text, "b"]) == [[[1], [2]], [], [[2]]]
    assert [ids.tolist() for ids in encoder.encode_many(["a b", text, "b"])] == [
        encoder._encode_in_python(each).tolist() for each in ("a b", text, "b")
    ]


@pytest.mark.parametrize("level", available())
def test_every_build_encodes_and_counts_as_python_does(level: str) -> None:
    for encoder, texts in cases():
        assert differences(load(level), encoder, texts) == []
        assert miscounted(load(level), encoder, texts) == []


def test_all_else_is_not(library: Library) -> None:
    texts = [piece for piece in PIECES if "Σ" not in piece and "İ" not in piece]
    for chain in CHAINS:
        path = path_of(encoder_of(texts, chain, SEGMENTERS[0], STOP_WORDS), library)
        assert all(ids_of(path, texts))


def test_a_page_of_characters_is_described_once(library: Library) -> None:
    asked: list[tuple[int, str]] = []

    def describe(stage: int, characters: str) -> tuple[str, dict[str, NDArray[np.bool_]]]:
        asked.append((stage, characters))
        return between_spaces(stage, characters)

    table = TokenTable(library, ["a", "好"])
    kernel = TextKernel(library, describe, stages=2, segmenter="words", vocabularies=[table])
    assert asked == []
    for _ in range(2):
        assert kernel(["a 好", "\U0010ffff a"])[0].tolist() == [[1], [2], [0], [1]]
    pages = ["".join(map(chr, range(first, first + 256))) for first in (0, 0x5900, 0x10FF00)]
    assert sorted(asked) == [(stage, page) for stage in (0, 1) for page in pages]


def test_no_texts_and_texts_of_nothing(library: Library) -> None:
    for segmenter, ngrams in product(SEGMENTERS, range(1, MOST_NGRAMS + 1)):
        encoder = encoder_of(["a"], ("html_breaks",), segmenter, ngrams=ngrams)
        path = path_of(encoder, library)
        assert [array.shape for array in path([])] == [(0, encoder.features), (0,)]
        assert ids_of(path, ["", "<br>", "a"]) == [[[0] * encoder.features]] * 2 + [[[1] * encoder.features]]


def test_a_long_text(library: Library) -> None:
    text = "Ａ good<br/>film 3.14 " * 50_000
    encoder = encoder_of([text[:100]], ("html_breaks", "half_width", "lower_case"), SEGMENTERS[1], ngrams=2)
    assert np.array_equal(path_of(encoder, library)([text])[0], encoder._encode_in_python(text))


def test_threads_share_a_kernel_that_knows_nothing_yet(library: Library) -> None:
    encoder = encoder_of(PIECES, CHAINS[6], SEGMENTERS[1])
    path, right = path_of(encoder, library), [encoder._encode_in_python(text).tolist() for text in PIECES]
    found: dict[int, list[list[list[int]]]] = {}
    start = threading.Barrier(4)

    def work(number: int) -> None:
        start.wait()
        found[number] = ids_of(path, PIECES)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(ids in ([], expected) for own in found.values() for ids, expected in zip(own, right, strict=True))
    assert len(found) == 4


def test_what_is_no_text_is_refused(library: Library) -> None:
    with pytest.raises(TypeError, match="expected str instance, int found"):
        path_of(encoder_of(["a"], (), SEGMENTERS[0]), library)(["a", 3])


def test_all_that_say_how_they_are_compiled_are_tested_here() -> None:
    tested = {name for name, _ in SEGMENTERS}
    bare = set(segmenters) - {"subwords"}  # which is nothing without a tokenizer, whose library splits
    assert {name for name in bare if segmenters.get(name)().kernel} == tested
    assert {name for name in normalisers if normalisers.get(name).kernel} == {
        name for chain in CHAINS for name in chain
    }


def test_the_tables_hold_every_character() -> None:
    assert sys.maxunicode == 0x10FFFF  # source/text.c has it in a constant
