from __future__ import annotations

import pytest

from reread.errors import ConfigError
from reread.text.segmenters import build_segmenter


@pytest.mark.parametrize(
    ("name", "options", "text", "tokens"),
    [
        ("words", {}, "Don't panic, it’s 3.14!", ["Don't", "panic", "it’s", "3.14"]),
        ("words", {"punctuation": True}, "Well... no!", ["Well", ".", ".", ".", "no", "!"]),
        ("words", {}, "naïve café in 1,000 words", ["naïve", "café", "in", "1,000", "words"]),
        ("letters_digits", {}, "Don't stop_me 24/7", ["Dont", "stopme", "247"]),
        ("characters", {}, "好 吃a", ["好", "吃", "a"]),
        ("chinese", {}, "我爱自然语言处理", ["我", "爱", "自然语言", "处理"]),
        ("chinese", {}, "买了iPhone 15手机,don't ask", ["买", "了", "iPhone", "15", "手机", "don't", "ask"]),
    ],
)
def test_tokens(name: str, options: dict[str, object], text: str, tokens: list[str]) -> None:
    assert build_segmenter(name, options).tokens(text) == tokens


def test_pairs_join_each_character_with_the_next() -> None:
    segmenter = build_segmenter("character_pairs", {})
    assert segmenter.features_of(segmenter.tokens("足球 赛")) == (["足", "球", "赛"], ["足球", "球赛", "赛"])


def test_a_user_dictionary_makes_a_word() -> None:
    text = "云深科技的产品"
    assert "云深科技" not in build_segmenter("chinese", {}).tokens(text)
    assert "云深科技" in build_segmenter("chinese", {"dictionary": ["云深科技"]}).tokens(text)


def test_two_dictionaries_do_not_meet() -> None:
    build_segmenter("chinese", {"dictionary": ["云深科技"]})
    assert "云深科技" not in build_segmenter("chinese", {}).tokens("云深科技的产品")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("word", {}, 'unknown segmenter "word". Did you mean "words"?'),
        ("words", {"punctuate": True}, "punctuat"),
        ("chinese", {"dictionary": [3]}, "dictionary"),
    ],
)
def test_a_segmenter_that_cannot_be_built(name: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message.replace("?", r"\?")):
        build_segmenter(name, options)
