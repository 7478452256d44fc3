"""Scripts and words as regular expressions: the definitions in text/ of "Han" and by "word"."""

from __future__ import annotations

import re

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Inside a character class: ideographs with their extensions, 々 and 〇."""

LETTER = rf"[^\W_{HAN}]"
"""A letter or digit of any script but Han."""

# Python's \w lacks combining marks: without these, decomposed accents and Indic or Thai vowels would split words.
MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff"
    "\u0e31-\u0e4e\u0eb1-\u0ecd\u0f18-\u0fbc\u102b-\u103e\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d"
    "\u20d0-\u20ff\ufe00-\ufe0f"
)
"""Inside a character class: marks and joiners that belong to the character before them."""

APOSTROPHES = "'’"
POINTS = ".,"

WORD = rf"{LETTER}+(?:[{APOSTROPHES}]{LETTER}+|(?<=\d)[{POINTS}](?=\d){LETTER}+|[{MARKS}]+{LETTER}*)*"
"""A word with its contractions (don't, it’s), or a number with its separators (3.14, 1,000)."""

OTHER = rf"\S[{MARKS}]*"
"""Any other visible character: a punctuation mark, a symbol, an emoji."""

han_character = re.compile(f"[{HAN}]")
han_run = re.compile(f"[{HAN}]+")


def is_han(character: str) -> bool:
    """Whether one character is Han."""
    return han_character.match(character) is not None
