from __future__ import annotations

import pytest

from reread.insight.audit.usual import Usual
from reread.text.letters import scripts_of

STORY = "the film was a story of love and of war that we saw in the old house by the sea with all of our friends"
WORDS = STORY.split()
ENGLISH = [" ".join(WORDS[(k + j * (1 + k % 3)) % len(WORDS)] for j in range(20 + k % 7)) for k in range(60)]
GERMAN = "der Film erzählt eine lange Geschichte von Liebe und Krieg und wir sahen ihn gern mit unseren alten Freunden am Meer"
CHINESE = [f"这部电影讲的是爱情故事第{k}集我们都很喜欢" for k in range(60)]


@pytest.mark.parametrize(
    ("text", "scripts"),
    [("plain", {"Latin": 5}), ("naïve Я", {"Latin": 5, "Cyrillic": 1}), ("天地 abc", {"Han": 2, "Latin": 3}), ("ひらがな漢", {"Kana": 4, "Han": 1}),
     ("한국", {"Hangul": 2}), ("ไทย", {"Thai": 3}), ("שלום", {"Hebrew": 4}), ("سلام", {"Arabic": 4}), ("12 !?", {}), ("😀 — 5", {})],
)  # fmt: skip
def test_scripts(text: str, scripts: dict[str, int]) -> None:
    assert dict(scripts_of(text)) == scripts


def test_what_is_usual_is_not_odd() -> None:
    for texts in (ENGLISH, CHINESE):
        usual = Usual.of(texts)
        assert [usual.oddities(text) for text in texts] == [[]] * len(texts)


@pytest.mark.parametrize(
    ("text", "oddities"),
    [(GERMAN, ["another language, or no sentences"]), (CHINESE[0], ["very short: 20 characters", "Han script"]), (" ".join(ENGLISH * 2)[:9000], ["very long: 9,000 characters"]),
     ("ok", ["very short: 2 characters"]), ("1234567890 " * 9 + "!!!", ["no letter"]), (ENGLISH[0] + " 天地玄黄", [])],
)  # fmt: skip
def test_what_is_unlike_english(text: str, oddities: list[str]) -> None:
    assert Usual.of(ENGLISH).oddities(text) == oddities


def test_what_is_unlike_chinese() -> None:
    usual = Usual.of(CHINESE)
    assert usual.oddities("Only a Latin one of it") == ["Latin script"]
    assert usual.oddities("周杰伦新专辑Super Junior同日发行") == []


def test_a_mix_of_scripts_or_equal_texts_make_nothing_odd() -> None:
    mixed = Usual.of([*ENGLISH, *CHINESE])
    assert not mixed.script
    assert mixed.oddities(ENGLISH[0]) == mixed.oddities("это просто русский текст, и он не короче прочих") == []
    assert Usual.of(["same length"] * 9).oddities("same length again?") == []
