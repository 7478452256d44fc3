"""The scripts of letters: the first and the last one of the blocks of https://www.unicode.org/charts/."""

from __future__ import annotations

from collections import Counter

import pytest

from reread.text.letters import scripts_of

BLOCKS = {
    "Latin": "Az\u00c0\u024f\u1e00\u1eff\u2c60\u2c7f\ufb00\ufb06\uff21\uff5a",
    "Greek": "\u0370\u03ff\u1f00\u1ffc",
    "Cyrillic": "\u0400\u052f",
    "Armenian": "\u0531\u0587",
    "Hebrew": "\u05d0\u05ea",
    "Arabic": "\u0620\u06ff\u0750\u077f\u08a0\ufb50\ufdfb\ufe70\ufefc",
    "Indic": "\u0904\u0d7f",
    "Thai": "\u0e01\u0e46",
    "Georgian": "\u10a0\u10ff",
    "Hangul": "\u1100\u11ff\u3131\u318e\uac00\ud7a3",
    "Ethiopic": "\u1200\u138f",
    "Han": "\u3005\u3006\u3400\u9fff\uf900\ufad9\U00020000\U0003134a",
    "Kana": "\u3041\u30ff\u31f0\u31ff\uff66\uff9f",
    "other": "\u0710\u0780\u0e81\u13a0\u2071\u2c80\u3105\u31a0\ua000\ud7b0\ufb13\uffa0",  # Syriac, Thaana, Lao, Cherokee …
}


@pytest.mark.parametrize("script", BLOCKS)
def test_the_first_and_the_last_letter_of_a_block_are_of_its_script(script: str) -> None:
    for letter in BLOCKS[script]:
        assert letter.isalpha(), hex(ord(letter))
        assert scripts_of(f"{letter}\u3002 1") == {script: 1}, hex(ord(letter))


def test_letters_are_counted_at_the_beginning_alone() -> None:
    assert scripts_of("a1 б" + "." * 496 + "я") == Counter({"Latin": 1, "Cyrillic": 1})
    assert scripts_of("..") == scripts_of("。") == Counter()
