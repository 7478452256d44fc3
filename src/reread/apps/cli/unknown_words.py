"""A word of warning where a model meets texts in a language or script that it has not learned."""

from __future__ import annotations

from collections.abc import Iterable

from reread.apps.cli.console import errors
from reread.bundle import Bundle
from reread.wording import number_of

LOOKED_AT = 500  # texts, the first of a file; and characters of each
MOST = 0.8  # of their words: models of 20 short texts still know more of others in the same language


def tell_unknown_words(bundle: Bundle, texts: Iterable[str], *, quiet: bool) -> None:
    """Say so if the model does not know most words of some texts: its answers are then little more than guesses."""
    some = list(texts)
    if quiet or not some:
        return
    rate = bundle.scorer.encoder.unknown_rate(text[:LOOKED_AT] for text in some)
    if rate > MOST:
        errors.print(
            f"the model does not know {rate:.0%} of the words in the first {number_of(len(some), 'text')}, so it can "
            "hardly tell them apart: are they in the language that it was trained on?"
        )
