"""The scripts that a text is written in."""

from __future__ import annotations

import bisect
from collections import Counter

LOOKED_AT = 500
"""Characters of a text that decide its script and language."""

_STARTS = (
    *((0x0000, "Latin"), (0x0370, "Greek"), (0x0400, "Cyrillic"), (0x0530, "Armenian")),
    *((0x0590, "Hebrew"), (0x0600, "Arabic"), (0x0700, "other"), (0x0750, "Arabic")),
    *((0x0780, "other"), (0x08A0, "Arabic"), (0x0900, "Indic"), (0x0E00, "Thai")),
    *((0x0E80, "other"), (0x10A0, "Georgian"), (0x1100, "Hangul"), (0x1200, "Ethiopic")),
    *((0x13A0, "other"), (0x1E00, "Latin"), (0x1F00, "Greek"), (0x2000, "other")),
    *((0x2C60, "Latin"), (0x2C80, "other"), (0x3005, "Han"), (0x3040, "Kana")),
    *((0x3100, "other"), (0x3130, "Hangul"), (0x3190, "other"), (0x31F0, "Kana")),
    *((0x3200, "other"), (0x3400, "Han"), (0xA000, "other"), (0xAC00, "Hangul")),
    *((0xD7B0, "other"), (0xF900, "Han"), (0xFB00, "Latin"), (0xFB10, "other")),
    *((0xFB50, "Arabic"), (0xFE00, "other"), (0xFE70, "Arabic"), (0xFF00, "Latin")),
    *((0xFF66, "Kana"), (0xFFA0, "other"), (0x20000, "Han"), (0x40000, "other")),
)
"""The first code points of Unicode's blocks of one script; each extends to the next."""

_POINTS = [start for start, _ in _STARTS]


def scripts_of(text: str) -> Counter[str]:
    """The number of letters of each script at the beginning of a text."""
    start = text[:LOOKED_AT]
    if start.isascii():
        letters = sum(map(str.isalpha, start))
        return Counter({"Latin": letters} if letters else {})
    return Counter(_STARTS[bisect.bisect_right(_POINTS, ord(letter)) - 1][1] for letter in start if letter.isalpha())
