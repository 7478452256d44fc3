from __future__ import annotations

import sys

import pytest

from reread.text.normalisers import normalisers
from reread.text.normalisers.simplified_chinese import SimplifiedChinese


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("html_breaks", 'a<BR class="x">b', "a              b"),
        ("html_breaks", "a <brown> b <br", "a <brown> b <br"),
        ("lower_case", "The CAFÉ, ΟΔΟΣ", "the café, οδος"),
        ("straight_quotes", "‘so’ `it´", "'so' 'it'"),
        ("half_width", "ＡＢ！～好。", "AB!~好。"),
        ("letters_only", "Don't—café_中文!", "Don t café 中文 "),
        ("letters_only", "x²Ⅷ½", "x   "),
        ("simplified_chinese", "憂鬱的臺灣烏龜，abc頭髮", "忧郁的台湾乌龟，abc头发"),
        ("simplified_chinese", "發現\ud800頭髮", "发现\ud800头发"),
    ],
)
def test_characters_are_replaced_in_place(name: str, text: str, expected: str) -> None:
    assert normalisers.get(name)()(text) == expected


def test_characters_are_simplified_one_by_one_where_a_phrase_changes_length(monkeypatch: pytest.MonkeyPatch) -> None:
    table = {"甲乙": "丙", "甲": "子", "乙": "丑寅"}
    monkeypatch.setattr("reread.text.normalisers.simplified_chinese._converter", lambda: table.__getitem__)
    assert SimplifiedChinese()("x甲乙y") == "x子乙y"


@pytest.mark.parametrize("name", ["lower_case", "letters_only", "half_width", "simplified_chinese"])
def test_every_character_there_is_keeps_its_place(name: str) -> None:
    characters = "".join(map(chr, range(sys.maxunicode + 1)))
    assert len(normalisers.get(name)()(characters)) == len(characters)


def test_letters_only_knows_every_letter() -> None:
    characters = "".join(map(chr, range(sys.maxunicode + 1)))
    result = normalisers.get("letters_only")()(characters)
    assert all(after == (before if before.isalpha() else " ") for before, after in zip(characters, result, strict=True))
