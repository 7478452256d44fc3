"""Letters and digits: the cleaning of docs/sources.md, S4."""

from __future__ import annotations

import re
from typing import ClassVar

from reread.text.segmenters import Segmenter, Span, segmenters
from reread.typing import override

_DROPPED = re.compile(r"[^\w\s]|_")
_RUN = re.compile(r"[^\W_](?:\S*[^\W_])?")


@segmenters.register("letters_digits")
class LettersDigits(Segmenter):
    """Keeps letters, digits and spaces, then splits at spaces: don't → dont, sci-fi → scifi (docs/sources.md, S4)."""

    whole_words: ClassVar[bool] = True
    kernel = "letters_digits"

    @override
    def tokens(self, text: str) -> list[str]:
        return _DROPPED.sub("", text).split()

    @override
    def spans(self, text: str) -> list[Span]:
        return [match.span() for match in _RUN.finditer(text)]
