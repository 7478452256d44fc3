from __future__ import annotations

import pytest

from reread.errors import ConfigError
from reread.text.language import detect_language, language_by_script
from reread.text.stopwords import stop_words


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["A long, lovely film."], "en"),
        (["这部电影很好看"], "zh"),
        (["我的iPhone手机很好用", "屏幕ok"], "zh"),
        (["A film from Hong Kong, 重慶森林, by Wong Kar-wai"], "en"),
        (["un très bon film", "привет"], "en"),
        (["12 !!", ""], "en"),
        ([], "en"),
    ],
)
def test_the_script_tells_the_language(texts: list[str], language: str) -> None:
    assert detect_language(texts) == language


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Die Straße war lang", "Latin script: texts are split into words (language: en)"),
        ("привет, как дела", "Cyrillic script: texts are split into words (language: en)"),
        ("这部电影很好看", "Han script: texts are split into characters and pairs of them (language: zh)"),
        ("12 !!", "No known script: texts are split into words (language: en)"),
    ],
)
def test_what_was_found_is_said_and_not_what_is_guessed(text: str, found: str) -> None:
    assert language_by_script([text])[1] == found


def test_only_the_first_texts_are_read() -> None:
    texts = iter(["English"] * 2000)
    detect_language(texts)
    assert len(list(texts)) == 1000


def test_stop_words() -> None:
    assert {"the", "don't"} <= stop_words("en")
    assert {"的", "了"} <= stop_words("zh")
    assert "film" not in stop_words("en")


def test_function_words_leave_negations_and_judgements() -> None:
    words = stop_words("en", "function_words")
    assert {"the", "it's", "of"} <= words
    assert not words & {"not", "no", "never", "don't", "good", "best", "very", "too", "more"}
    assert {"的", "了"} <= stop_words("zh", "function_words")
    assert not stop_words("zh", "function_words") & {"不", "没", "没有", "很", "太"}


def test_a_list_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match="unknown list of stop words"):
        stop_words("en", "function_word")
    with pytest.raises(ConfigError, match="language of function words"):
        stop_words("de", "function_words")


def test_a_language_without_stop_words_is_named() -> None:
    with pytest.raises(ConfigError, match='unknown language of stop words "english"'):
        stop_words("english")
