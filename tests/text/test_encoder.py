from __future__ import annotations

import logging
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError
from reread.text.encoded import EncodedTextsBuilder
from reread.text.encoder import SPACED, TextEncoder, TextSettings
from reread.text.language import detect_language
from reread.text.stopwords import stop_words
from reread.text.vocabulary import Vocabulary


def test_a_text_without_a_token_is_one_unknown_token() -> None:
    encoder = TextEncoder.learn(TextSettings(segmenter="words", min_count=1), ["a film"])
    assert encoder.encode(" ...").tolist() == [[0]]
    assert encoder.encode("a bad film").shape == (3, 1)


def test_spans_point_into_the_original_text() -> None:
    text = "Ｆｉｌｍ<br />İstanbul, the END"
    settings = TextSettings(normalisers=("html_breaks", "half_width", "lower_case"), stop_words=True, min_count=1)
    encoder = TextEncoder.learn(settings, [text])
    spans = encoder.spans(text)
    assert len(spans) == len(encoder.tokens(text))
    assert [text[start:end] for start, end in spans][:2] == ["Ｆｉｌｍ", "İstanbul"]
    assert "the" not in encoder.tokens(text)


def test_pairs_get_a_vocabulary_of_their_own() -> None:
    encoder = TextEncoder.learn(TextSettings.for_language("zh", min_count=1), ["足球赛", "足球"])
    assert encoder.features == len(encoder.vocabularies) == 2
    assert encoder.encode("足球").shape == (2, 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"segmentr": "words"}, r'unknown setting "segmentr" in \[text\]. Did you mean "segmenter"'),
        ({"min_count": "two"}, 'text.min_count = "two": expected a whole number'),
        ({"normalisers": ["lower"]}, 'unknown normaliser "lower". Did you mean "lower_case"'),
    ],
)
def test_settings_that_do_not_exist(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        TextEncoder(TextSettings.for_language("en", **changes))


def test_an_unknown_language() -> None:
    with pytest.raises(ConfigError, match='language "ja": expected zh, or one with spaces between words: af, '):
        TextSettings.for_language("ja")


def test_languages_with_spaces_are_cut_as_english_and_have_their_own_stop_words() -> None:
    english = TextSettings.for_language("en")
    assert [code for code in SPACED if replace(TextSettings.for_language(code), language="en") != english] == []
    assert [code for code in SPACED if not stop_words(code)] == []


def test_french_stop_words_go() -> None:
    encoder = TextEncoder(TextSettings.for_language("fr", stop_words=True))
    assert encoder.tokens("une jolie maison avec les roses") == ["jolie", "maison", "roses"]


def test_a_segmenter_of_ones_own_starts_from_its_own_defaults() -> None:
    assert TextSettings.for_language("en", segmenter="characters").segmenter_options == {}


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["a film"], "en"),
        (["好看的电影", "iPhone手机 review"], "zh"),
        ([], "en"),
        (["12 %"], "en"),
        (["the 手 review of films"], "en"),
    ],
)
def test_the_language_is_found_by_its_script(texts: list[str], language: str) -> None:
    assert detect_language(texts) == language


def test_many_ids_wait_on_disk() -> None:
    random = np.random.default_rng(0)
    texts = [random.integers(0, 9, (length, 2), dtype=np.int32) for length in (3, 1, 7, 2, 9)]
    with EncodedTextsBuilder(2, in_memory=4) as small, EncodedTextsBuilder(2) as large:
        for text in texts:
            small.add(text, np.array([len(text)]))
            large.add(text, np.array([len(text)]))
        on_disk, in_memory = small.finish(), large.finish()
    assert [ids.tolist() for ids in on_disk] == [ids.tolist() for ids in in_memory] == [text.tolist() for text in texts]


def test_what_a_limit_drops_is_counted() -> None:
    with EncodedTextsBuilder(1, max_tokens=3) as builder:
        for length in (2, 5, 4):
            builder.add(np.ones((length, 1), dtype=np.int32), np.array([length]))
        encoded = builder.finish()
    assert encoded.lengths.tolist() == [2, 3, 3]
    assert encoded.dropped_tokens == 3


def test_the_straight_line() -> None:
    encoder = TextEncoder.learn(TextSettings(), ["A good<br />film", "a bad film", "the good end"])
    assert encoder.vocabularies[0].tokens == ("a", "film", "good")
    text = "GOOD<br />unseen film"
    assert encoder.encode(text).tolist() == [[3], [0], [2]]
    assert [text[start:end] for start, end in encoder.spans(text)] == ["GOOD", "unseen", "film"]
    assert encoder.unknown_rate([text, "a film"]) == pytest.approx(1 / 5)


@pytest.mark.parametrize("segmenter", ["words", "character_pairs"])
@pytest.mark.parametrize("text", ["", "  ", "<br />", "\n"])
def test_nothing_left_is_one_unknown_token(segmenter: str, text: str) -> None:
    encoder = TextEncoder.learn(TextSettings(segmenter=segmenter, min_count=1), ["some film"])
    assert encoder.tokens(text) == []
    assert encoder.spans(text) == []
    assert encoder.encode(text).tolist() == [[0] * encoder.features]


@pytest.mark.parametrize("chain", [("lower_case",), ()])
def test_stop_words_go_whatever_their_case(chain: tuple[str, ...]) -> None:
    encoder = TextEncoder(TextSettings(stop_words=True, normalisers=chain))
    text = "The film IS with lovely Music"
    assert [word.lower() for word in encoder.tokens(text)] == ["film", "lovely", "music"]
    assert [text[start:end] for start, end in encoder.spans(text)] == ["film", "lovely", "Music"]


def test_a_list_of_stop_words_is_chosen_by_its_name() -> None:
    encoder = TextEncoder(TextSettings(stop_words="function_words"))
    assert encoder.tokens("It is not the best of films") == ["not", "best", "films"]


def test_the_stop_words_travel_with_the_config() -> None:
    config = {**TextEncoder(TextSettings(stop_words=True)).to_config(), "stop_word_list": ["film"]}
    encoder = TextEncoder.from_config(config, ())
    assert encoder.tokens("the film") == ["the"]
    assert encoder.to_config() == config
    assert "stop_word_list" not in TextEncoder(TextSettings()).to_config()


def test_every_feature_has_its_vocabulary() -> None:
    encoder = TextEncoder.learn(TextSettings(segmenter="character_pairs"), ["来了", "来了"])
    assert [vocabulary.tokens for vocabulary in encoder.vocabularies] == [("了", "来"), ("了", "来了")]
    assert encoder.encode("来了来").tolist() == [[2, 2], [1, 0], [2, 0]]


def test_pairs_of_words_are_made_of_the_words_that_stay() -> None:
    settings = TextSettings(ngrams=2, stop_words=True, min_count=1)
    encoder = TextEncoder.learn(settings, ["The film is lovely", "lovely music"])
    words, pairs = (vocabulary.tokens for vocabulary in encoder.vocabularies)
    assert (words, pairs) == (("lovely", "film", "music"), ("film lovely", "lovely", "lovely music", "music"))
    text = "film of lovely, LOVELY music"
    assert encoder.encode(text).tolist() == [[2, 1], [1, 0], [1, 3], [3, 4]]
    assert [text[start:end] for start, end in encoder.spans(text)] == ["film", "lovely", "LOVELY", "music"]


def test_triples_of_characters() -> None:
    encoder = TextEncoder.learn(TextSettings.for_language("zh", ngrams=3, min_count=1), ["足球赛"])
    assert [vocabulary.tokens for vocabulary in encoder.vocabularies] == [
        ("球", "赛", "足"), ("球赛", "赛", "足球"), ("球赛", "赛", "足球赛"),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("ngrams", [1, 2])
def test_each_language_has_pairs_of_its_own_tokens(language: str, ngrams: int) -> None:
    settings = TextSettings.for_language(language, ngrams=ngrams)
    assert settings.segmenter == TextSettings.for_language(language).segmenter
    assert settings.features == (2 if language == "zh" else ngrams)


def test_texts_of_which_nothing_can_be_known_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        encoder = TextEncoder.learn(TextSettings(), ["one film", "two ends"])
    assert caplog.messages == ["no token occurs 2 times in the training texts, so every token is unknown"]
    assert encoder.encode("one").tolist() == [[0]]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("min_count", "text.min_count = 0: expected at least 1"),
        ("max_vocabulary", "text.max_vocabulary = 0: expected at least 1, or none for all tokens"),
    ],
)
def test_sizes_that_cannot_be(setting: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        TextSettings.for_language("en", **{setting: 0})
    assert str(error.value) == message


@pytest.mark.parametrize("ngrams", [0, 4])
def test_ngrams_that_cannot_be(ngrams: int) -> None:
    with pytest.raises(ConfigError, match=f"^text.ngrams = {ngrams}: expected from 1 to 3$"):
        TextSettings.for_language("en", ngrams=ngrams)


@pytest.mark.parametrize(("segmenter", "ngrams", "needed"), [("character_pairs", 1, 2), ("words", 3, 3)])
def test_every_length_of_ngrams_needs_a_vocabulary(segmenter: str, ngrams: int, needed: int) -> None:
    message = f'^1 vocabularies: segmenter "{segmenter}" with text.ngrams = {ngrams} needs {needed}$'
    with pytest.raises(ConfigError, match=message):
        TextEncoder(TextSettings(segmenter=segmenter, ngrams=ngrams), [Vocabulary(["a"])])


def test_nothing_heavy_is_loaded_for_english_words() -> None:
    program = (
        "import sys; from reread.text.encoder import *; TextEncoder.learn(TextSettings(), ['a film'] * 2).encode('a'); "
        "print(*{'torch', 'rjieba', 'opencc', 'stopwordsiso', 'pyarrow', 'sklearn'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == ""


@pytest.mark.parametrize("segmenter", ["words", "characters", "chinese"])
@given(text=st.text("ab c.好很", max_size=12), longest=st.integers(1, 3))
def test_n_grams_are_found_by_the_ids_of_their_tokens(segmenter: str, text: str, longest: int) -> None:
    learned = ["a b a", "ab c 很好", "c. 好很 a", "b a", "c a b"]
    options = {"dictionary": ["a b", "b a"]} if segmenter == "chinese" else {}  # words with spaces, as the joint is
    settings = TextSettings.for_language(
        "en", segmenter=segmenter, segmenter_options=options, ngrams=longest, min_count=1
    )
    encoder = TextEncoder.learn(settings, learned)
    ids = encoder.encode(text)
    found = encoder.with_ngrams(ids[:, 0])
    for k in range(longest):  # "a b" is the pair of two words, and may be a word of its own whose parts are unknown
        known = [bool(ids[place : place + k + 1, 0].all()) for place in range(len(ids))]
        np.testing.assert_array_equal(found[known, k], ids[known, k])
        assert not found[np.logical_not(known), k].any()
