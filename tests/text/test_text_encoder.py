from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from reread.errors import ConfigError
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.vocabulary import Vocabulary


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


def test_texts_of_which_nothing_can_be_known_are_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        encoder = TextEncoder.learn(TextSettings(), ["one film", "two ends"])
    assert caplog.messages == ["no token stands 2 times in the training texts: every token is unknown"]
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


def test_vocabularies_must_fit_the_segmenter() -> None:
    with pytest.raises(ConfigError, match='1 vocabularies: segmenter "character_pairs" needs 2'):
        TextEncoder(TextSettings(segmenter="character_pairs"), [Vocabulary(["a"])])


def test_nothing_heavy_is_loaded_for_english_words() -> None:
    program = (
        "import sys; from reread.text.encoder import *; TextEncoder.learn(TextSettings(), ['a film'] * 2).encode('a'); "
        "print(*{'torch', 'rjieba', 'opencc', 'stopwordsiso', 'pyarrow', 'sklearn'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == ""
