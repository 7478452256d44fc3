from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rjieba

import reread.text.segmenters as package
from reread.errors import ConfigError
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.segmenters import build_segmenter, segmenters

MIXED = "我的iPhone15 Pro手机don't卡，3.14％！"


@pytest.mark.parametrize(
    ("name", "options", "text", "expected"),
    [
        ("words", {}, "I don't, it’s 'tis dogs' rock'n'roll", "I|don't|it’s|tis|dogs|rock'n'roll"),
        ("words", {}, "1,000.50 8/10 end.Next 2nd mp3 a,b 5.", "1,000.50|8|10|end|Next|2nd|mp3|a|b|5"),
        ("words", {}, "cafe\u0301s हिन्दी ไทยที่ привет", "cafe\u0301s|हिन्दी|ไทยที่|привет"),
        ("words", {}, "snake_case well-known", "snake|case|well|known"),
        ("words", {}, MIXED, "我|的|iPhone15|Pro|手|机|don't|卡|3.14"),
        ("words", {"punctuation": True}, "Wow!! (❤️) a_b", "Wow|!|!|(|❤️|)|a|_|b"),
        ("characters", {}, "我 ok\n好", "我|o|k|好"),
        ("chinese", {}, "我来到北京清华大学", "我|来到|北京|清华大学"),
        ("chinese", {}, MIXED, "我|的|iPhone15|Pro|手机|don't|卡|3.14"),
        ("chinese", {"punctuation": True}, MIXED, "我|的|iPhone15|Pro|手机|don't|卡|，|3.14|％|！"),
        ("chinese", {"dictionary": ["云计算平台"]}, "我们的云计算平台", "我们|的|云计算平台"),
        ("chinese", {"dictionary": [("云计算平台", 50)]}, "我们的云计算平台", "我们|的|云计算平台"),
        ("chinese", {"dictionary": ["卡拉OK", "C++", "小米SU7"]}, "爱卡拉OK和C++，小米SU7x小米SU7", "爱|卡拉OK|和|C++|小米|SU7x|小米SU7"),
        ("chinese", {"dictionary": ["OK", "OK绷"]}, "买OK绷OK吗OKAY", "买|OK绷|OK|吗|OKAY"),
    ],
)  # fmt: skip
def test_tokens_and_where_they_stand(name: str, options: dict[str, Any], text: str, expected: str) -> None:
    segmenter = build_segmenter(name, options)
    assert "|".join(segmenter.tokens(text)) == expected
    assert [text[start:end] for start, end in segmenter.spans(text)] == segmenter.tokens(text)


def test_letters_digits_stand_on_all_that_they_were_made_of() -> None:
    segmenter, text = build_segmenter("letters_digits", {}), "(Don't) -- _sci-fi_,"
    assert segmenter.tokens(text) == ["Dont", "scifi"]
    assert [text[start:end] for start, end in segmenter.spans(text)] == ["Don't", "sci-fi"]


def test_words_that_others_add_to_jieba_change_nothing() -> None:
    before = build_segmenter("chinese", {}).tokens("天地玄黄宇宙洪荒")
    rjieba.add_word("地玄黄宇", 10_000, None)
    assert "地玄黄宇" in rjieba.cut("天地玄黄宇宙洪荒")
    assert build_segmenter("chinese", {}).tokens("天地玄黄宇宙洪荒") == before


def test_a_dictionary_is_normalised_as_its_texts_are() -> None:
    dictionary = ["卡拉ＯＫ", "雲計算平台"]
    settings = TextSettings.for_language(
        "zh",
        segmenter="chinese",
        segmenter_options={"dictionary": dictionary},
        normalisers=["half_width", "lower_case", "simplified_chinese"],
    )
    encoder = TextEncoder(settings)
    assert encoder.tokens("卡拉OK的云计算平台") == ["卡拉ok", "的", "云计算平台"]
    assert encoder.to_config()["segmenter_options"]["dictionary"] == dictionary


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("wrods", {}, 'unknown segmenter "wrods". Did you mean "words"? Known: character_pairs, characters, chinese, letters_digits, subwords, words'),
        ("characters", {"x": 1}, 'segmenter "characters" has no options; it was given "x"'),
        ("words", {"punctuations": True}, 'unknown option "punctuations" of segmenter words. Did you mean "punctuation"? Known: punctuation'),
        ("words", {"punctuation": "yes"}, "option punctuation of segmenter words = 'yes': expected true or false"),
        ("chinese", {"dictionary": "词"}, "dictionary = '词': expected a list of words or of pairs [word, frequency]"),
        ("chinese", {"dictionary": 3}, "dictionary = 3: expected a list of words or of pairs [word, frequency]"),
        ("chinese", {"dictionary": [" "]}, "dictionary entry ' ': expected a word or a pair [word, frequency above 0]"),
        ("chinese", {"dictionary": [["词", 0]]}, "dictionary entry ['词', 0]: expected a word or a pair [word, frequency above 0]"),
        ("chinese", {"dictionary": [["词", True]]}, "dictionary entry ['词', True]: expected a word or a pair [word, frequency above 0]"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        build_segmenter(name, options)
    assert str(error.value) == message


@pytest.fixture
def syllables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """One new file in the package's folder, and nothing else."""
    (tmp_path / "syllables.py").write_text(
        "import re\n"
        "from reread.text.segmenters import PatternSegmenter, segmenters\n"
        '@segmenters.register("syllables")\n'
        "class Syllables(PatternSegmenter):\n"
        '    pattern = re.compile("[^aeiou ]*[aeiou]+")\n'
    )
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    monkeypatch.setattr(segmenters, "_entries", dict(segmenters._entries))
    monkeypatch.setattr(segmenters, "_discovered", False)
    yield "syllables"
    sys.modules.pop("reread.text.segmenters.syllables", None)


def test_a_new_segmenter_is_one_new_file(syllables: str) -> None:
    encoder = TextEncoder.learn(TextSettings(segmenter=syllables, min_count=1), ["banana"])
    assert encoder.tokens("Banana na") == ["ba", "na", "na", "na"]
    assert encoder.encode("banana").ravel().tolist() == [2, 1, 1]
    assert TextEncoder.from_config(encoder.to_config(), encoder.vocabularies).spans("ba na") == [(0, 2), (3, 5)]
