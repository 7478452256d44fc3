from __future__ import annotations

import pytest

from reread.errors import ConfigError
from reread.text.language import detect_language
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


def test_only_the_first_texts_are_read() -> None:
    texts = iter(["English"] * 2000)
    detect_language(texts)
    assert len(list(texts)) == 1000


def test_stop_words() -> None:
    assert {"the", "don't"} <= stop_words("en")
    assert {"的", "了"} <= stop_words("zh")
    assert "film" not in stop_words("en")


def test_a_language_without_stop_words_is_named() -> None:
    with pytest.raises(ConfigError, match='unknown language of stop words "english"'):
        stop_words("english")
