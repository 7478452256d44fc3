from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.insight.audit.damage import damage_in

TWICE = "UTF-8 encoded twice"
ACCENTED = st.text("àéîõüßçñÉÖ’“”…–€", min_size=1, max_size=8)


@given(ACCENTED, st.sampled_from(["latin-1", "cp1252"]))
def test_text_that_was_encoded_twice_is_found(accented: str, wrong: str) -> None:
    try:
        text = f"a caf{accented} b".encode().decode(wrong)
    except UnicodeDecodeError:  # this byte is none in Windows-1252
        return
    assert TWICE in damage_in(text)


@given(st.text("абвгдежз", min_size=2, max_size=8))
def test_other_alphabets_encoded_twice_are_found(word: str) -> None:
    assert TWICE in damage_in(word.encode().decode("latin-1"))


@given(st.lists(st.tuples(st.text("bàéîõüßçñÉÖÂÃабв天地😀"), st.sampled_from([*" «»’“”…–€&<;", " < ", "…»"]))))
def test_accents_and_quotation_marks_are_no_damage(pieces: list[tuple[str, str]]) -> None:
    assert damage_in("".join(f"{word}e{mark}" for word, mark in pieces)) == []


@pytest.mark.parametrize(
    "text",
    ["São Paulo, SÃO PAULO", "CAFÉ», dit-il", "perché…»", "a < b && c > d", "AT&T", "R&D; more", "x<y", "<br />one<br>two<BR/>", "a\tb\nc\r\nd\x0c", "天地 & 人", "me <me@home.org>", "<3 <political>", "<I love you>", "&Co;", "a<b and c>d", "<a or b>", "fish &chips;"],
)  # fmt: skip
def test_what_is_right_is_not_found(text: str) -> None:
    assert damage_in(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [("a\ufffdb", "replacement character"), ("a\0b", "NUL"), ("well\x85", "control character of 0x80 to 0x9F"), ("a\x08b", "control character"),
     ("<p>one</p>", "HTML"), ('see <a href="x">this</a>', "HTML"), ("fish &amp; chips", "HTML"), ("&LT;", "HTML"), ("1&frac12;", "HTML"), ("<img\n src=x />", "HTML"), ("</div >", "HTML"), ("caf&#233;", "HTML"), ("&#x27;", "HTML"), ("<!-- no", "HTML"),
     ("itâ€™s", TWICE), ("25 Â°C", TWICE), ("ðŸ˜€", TWICE), ("ä½\xa0å¥½", TWICE)],
)  # fmt: skip
def test_damage_is_named(text: str, kind: str) -> None:
    assert damage_in(text) == [kind]


def test_several_kinds() -> None:
    assert damage_in("\ufffd &amp; \0") == ["replacement character", "NUL", "HTML"]
