from __future__ import annotations

import logging
from typing import Any

import pytest

from reread.data.read import open_rows
from reread.errors import DataError

CHINESE = (
    "很快，好吃，味道足，量大",
    "没有送水没有送水没有送水",
    "非常快，态度好。",
    "方便，快捷，味道可口，快递给力",
    "菜味道很棒！送餐很及时！",
    "今天师傅是不是手抖了，微辣格外辣！",
    "送餐快,态度也特别好,辛苦啦谢谢",
)
ROWS = "text,label\n" + "".join(f'"{text}",{i}\n' for i, text in enumerate(CHINESE))
KOREAN = "안녕하세요 이 영화는 정말 재미있었습니다 배우들의 연기도 좋았어요\n"
JAPANESE = "この映画はとても面白かったです。俳優の演技も素晴らしい。\n"
FRENCH = "Très bon café, été à la plage où j'ai mangé. Élève déçu, garçon naïf, hôtel médiocre.\n"
RUSSIAN = "Привет, это очень хороший фильм, мне понравилось всё. Актёры играют плохо.\n"
TAIWANESE = "這部電影非常好看,演員的表演也很精彩,我很喜歡。\n"


@pytest.mark.parametrize(
    "codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"]
)
@pytest.mark.parametrize("content", [ROWS, ROWS * 3, ROWS.replace("\n", "\r\n")])
def test_found_by_reading(make: Any, codec: str, content: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        rows = list(open_rows(make("a.csv", content, codec)))
    assert tuple(row.values["text"] for row in rows if row.values["label"] != "label")[: len(CHINESE)] == CHINESE
    said = [record.getMessage() for record in caplog.records]
    assert said == [] if codec.startswith("utf-8") else "pass its encoding to be sure" in said[0]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "gb18030"])
def test_english_and_late_chinese(make: Any, codec: str) -> None:
    content = "text,label\n" + "plain words,1\n" * 100_000 + ROWS.partition("\n")[2]
    assert list(open_rows(make("a.csv", content, codec)))[-1].values["text"] == CHINESE[-1]


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (KOREAN, "euc-kr"),
        (JAPANESE, "euc-jp"),
        (JAPANESE, "shift_jis"),
        (TAIWANESE, "big5"),
        ("I don’t know, it’s fine\n", "cp1252"),
    ],
)
@pytest.mark.parametrize("times", [1, 30])
def test_other_encodings_are_asked_for(make: Any, text: str, codec: str, times: int) -> None:
    name = make("a.txt", text * times, codec)
    with pytest.raises(DataError, match=r"^a.txt: is not valid UTF-8 \(line 1\), and neither UTF-16 .*encoding=NAME"):
        open_rows(name)
    assert [row.values["text"] for row in open_rows(name, encoding=codec)] == [text.rstrip("\n")] * times


@pytest.mark.parametrize("damage", [b"\xff", b"\xe4\xb8"])
def test_damaged_utf8_is_not_taken_for_something_else(make: Any, damage: bytes) -> None:
    with pytest.raises(DataError, match=r"^a.csv: is not valid UTF-8 \(line 9\), although most of it is"):
        open_rows(make("a.csv", ROWS.encode() + damage))


def test_a_binary_file_is_refused(make: Any) -> None:
    with pytest.raises(DataError, match="encoding=NAME"):
        open_rows(make("a.csv", bytes(range(256)) * 100))


def test_nul_bytes_in_utf8_do_not_make_it_utf16(make: Any) -> None:
    rows = open_rows(make("a.csv", b"text,label\na\0b,1\n\0\0,2\n"))
    assert rows.encoding == "utf-8"
    assert [row.problem for row in rows] == ["holds a NUL character"] * 2


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("utf-8", r"^a.csv: is not valid UTF-8 \(line 2\); pass another encoding=NAME"),
        ("ascii", "is not valid ASCII"),
        ("utf-16", "is not valid UTF-16"),
        ("utf9", '^encoding: unknown "utf9"'),
        ("rot13", '^encoding: unknown "rot13"'),
        ("hex", '^encoding: unknown "hex"'),
        ("a\0b", "^encoding: unknown"),
    ],
)
def test_an_encoding_that_was_asked_for_is_checked(make: Any, asked: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        open_rows(make("a.csv", ROWS + "x", "gb18030"), encoding=asked)


@pytest.mark.parametrize(("codec", "asked"), [("utf-8-sig", "utf8"), ("utf-16", "utf-16-le"), ("utf-16", "UTF16")])
def test_a_byte_order_mark_is_no_part_of_the_first_column(make: Any, codec: str, asked: str) -> None:
    assert open_rows(make("a.csv", ROWS, codec), encoding=asked).columns == ("text", "label")
