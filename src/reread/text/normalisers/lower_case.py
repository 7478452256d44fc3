"""Lower case."""

from __future__ import annotations

from reread.text.normalisers import Normaliser, normalisers
from reread.typing import override


@normalisers.register("lower_case")
class LowerCase(Normaliser):
    """Upper case becomes lower case; a longer lower-case form is cut to its first character (İ → i)."""

    kernel = "map"
    unless = "Σ"  # which is ς at the end of a word

    @override
    def __call__(self, text: str) -> str:
        lowered = text.lower()
        if len(lowered) == len(text):
            return lowered
        return "".join(character.lower()[0] for character in text)
