"""The places of the sentences of a text."""

from __future__ import annotations

import re
from bisect import bisect_left

from reread.explain.method import Pieces
from reread.text.scripts import HAN

_CLOSING = "[\"'”’»」』)\\]）】]*"
_NO_END = r"(?<!\b[A-HJ-Z])(?<!\.[a-z])(?<!\b(?:Mr|Ms|Dr|St|vs))(?<!\bMrs)(?<!\bProf)"
"""Not after initials (U.S., but for the word I), e.g., and titles."""
_END = re.compile(
    rf"[。！？]+{_CLOSING}"
    rf"|(?:[.!?]*[!?]|[.!?]{{2,}}|(?<=[{HAN}])\.){_CLOSING}(?=\s|[{HAN}]|$)"
    rf"|{_NO_END}\.{_CLOSING}(?=\s|$)"
    r"|\n+"
)
"""An ASCII mark ends a sentence only before white space or the end, and among Chinese; closing quotes belong to it."""


def sentences(text: str, tokens: Pieces) -> list[tuple[int, int]]:
    """The places of the sentences that contain a token, without surrounding white space. No token is split.

    Args:
        text: the text.
        tokens: the places of its tokens, in reading order.
    """
    starts, sentence_spans = [start for start, _ in tokens], []
    begin = before_sentence = 0
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        before = bisect_left(starts, end)  # tokens that begin before it
        if before and tokens[before - 1][1] > end:
            continue
        if before > before_sentence:
            piece = text[begin:end]
            sentence_spans.append((begin + len(piece) - len(piece.lstrip()), begin + len(piece.rstrip())))
        begin, before_sentence = end, before
    return sentence_spans
