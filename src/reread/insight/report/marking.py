"""A text with what speaks for and against its answer marked: the one place where marked-up text is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

SHOWN = 500  # characters of a text
BEFORE = 60  # of them, before the first that is marked most


class Piece(NamedTuple):
    """Characters that are marked alike: weight from −1, against the answer, to 1, for it; 0 is not marked."""

    text: str
    weight: float


def marked(text: str, spans: Sequence[tuple[int, int, float]] = (), shown: int = SHOWN) -> tuple[list[Piece], int]:
    """The pieces of a text, and how many of its characters they leave out.

    A long text is cut around the span that weighs most. Spans that overlap one before them are cut there.

    Args:
        text: the whole text.
        spans: (start, end, weight) in characters; weights are scaled so that the largest is 1.
        shown: the most characters.
    """
    heaviest = max(spans, key=lambda span: abs(span[2]), default=(0, 0, 0.0))
    first = max(0, min(heaviest[0] - BEFORE, len(text) - shown))
    last = min(len(text), first + shown)
    scale = abs(heaviest[2]) or 1.0
    pieces = list(_pieces(text, sorted(spans), first, last, scale))
    ends = [Piece("…", 0.0)] if first else [], [Piece("…", 0.0)] if last < len(text) else []
    return [*ends[0], *pieces, *ends[1]], len(text) - (last - first)


def _pieces(text: str, spans: Sequence[tuple[int, int, float]], place: int, last: int, scale: float) -> Iterator[Piece]:
    for start, end, weight in [*spans, (last, last, 0.0)]:
        begin, stop = min(max(start, place), last), min(max(end, place), last)
        if begin > place:
            yield Piece(text[place:begin], 0.0)
        if stop > begin:
            yield Piece(text[begin:stop], weight / scale)
        place = max(place, stop, begin)
