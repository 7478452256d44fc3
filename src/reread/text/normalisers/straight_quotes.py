"""Straight apostrophes."""

from __future__ import annotations

from reread.text.normalisers import Normaliser, normalisers
from reread.typing import override


@normalisers.register("straight_quotes")
class StraightQuotes(Normaliser):
    """The typographic ‘ ’ ` ´ become ', so that it’s and it's are one word."""

    kernel = "map"

    @override
    def __call__(self, text: str) -> str:
        for quote in "‘’`´":
            text = text.replace(quote, "'")
        return text
