"""A text with marks on the words for and against its answer, as the report shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from reread.explain.explanation import Span
from reread.explain.marks import stretches

SHOWN = 500  # characters of a text
BEFORE = 60  # of them, before the first that is marked most


class Piece(NamedTuple):
    """Characters with the same mark: from −3, strongly against the answer, to 3, strongly for it; 0 has no mark."""

    text: str
    force: int


def marked(text: str, spans: Sequence[Span] = (), shown: int = SHOWN) -> tuple[list[Piece], int]:
    """The pieces of a text, and how many of its characters they leave out.

    A long text is cut around the span that weighs most.

    Args:
        text: the whole text.
        spans: of an explanation, in reading order.
        shown: the most characters.
    """
    heaviest = max((abs(span.weight), -span.start) for span in spans) if spans else (0.0, 0)
    first = max(0, min(-heaviest[1] - BEFORE, len(text) - shown))
    last = min(len(text), first + shown)
    before, after = [Piece("…", 0)] if first else [], [Piece("…", 0)] if last < len(text) else []
    return [*before, *_pieces(text, spans, first, last), *after], len(text) - (last - first)


def _pieces(text: str, spans: Sequence[Span], first: int, last: int) -> Iterator[Piece]:
    """The spans between two places, and the text between these spans."""
    for stretch in stretches(text, spans):
        start, end = max(stretch.start, first), min(stretch.end, last)
        if end > start:
            yield Piece(text[start:end], stretch.force)
