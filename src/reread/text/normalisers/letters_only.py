"""Letters only: the cleaning of docs/sources.md, S3."""

from __future__ import annotations

import re

from reread.text.normalisers import Normaliser, normalisers
from reread.typing import override

_NOT_ASCII_LETTER = re.compile("[^A-Za-z]")


@normalisers.register("letters_only")
class LettersOnly(Normaliser):
    """Everything but letters of any script becomes a space: punctuation, digits, symbols (docs/sources.md, S3)."""

    kernel = "map"

    @override
    def __call__(self, text: str) -> str:
        if text.isascii():
            return _NOT_ASCII_LETTER.sub(" ", text)
        return "".join(character if character.isalpha() else " " for character in text)
