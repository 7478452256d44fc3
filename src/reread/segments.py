"""Where the segments of a text are, for a pooling over each of them.

A text is read in windows, and how long it is only shows in the last one. So its tokens are collected in bins of equal
width: of one token, and whenever a text needs more than ``BINS`` of them, of twice as many. Each segment is a run of
bins, as equal as whole bins allow: they differ by one token in texts of ``BINS`` tokens, and by a fortieth of the text
at most in longer ones. However the text was cut into windows, its segments are the same. If there are fewer tokens than
segments, a token stands in several.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SEGMENTS = 10  # Johnson and Zhang 2015 take as many regions for topics
PER_SEGMENT = 8  # bins of a segment at most
BINS = SEGMENTS * PER_SEGMENT

Ints = NDArray[np.int64]


def widths(tokens: Ints) -> Ints:
    """Tokens of a bin of each text, (texts,): the smallest power of two of which ``BINS`` are enough for its tokens."""
    least = np.maximum(-(-tokens // BINS), 1)
    width: Ints = 1 << np.frexp(least - 1)[1].astype(np.int64)  # exact, unlike a logarithm
    return width


def used(tokens: Ints) -> Ints:
    """How many bins each text uses, (texts,)."""
    return -(-tokens // widths(tokens))


def sizes(first: Ints, end: Ints, width: Ints) -> Ints:
    """How many of each text's positions from ``first`` to before ``end`` are in each of its bins, (texts, bins)."""
    borders = np.arange(BINS + 1) * width[:, None]
    return np.diff(borders.clip(first[:, None], end[:, None]), axis=1)


def merged_sizes(before: Ints, after: Ints) -> Ints:
    """How many of the bins of ``before`` tokens each bin of ``after`` tokens takes up, (texts, bins)."""
    return sizes(np.zeros_like(before), used(before), widths(after) // widths(before))


def bins_of(tokens: Ints) -> Ints:
    """The bins of each segment, (texts, segments, bins of a segment); the last one again where there are fewer."""
    borders = np.arange(SEGMENTS + 1) * used(tokens)[:, None] // SEGMENTS
    first, last = borders[:, :-1], np.maximum(borders[:, 1:], borders[:, :-1] + 1) - 1
    bins: Ints = np.minimum(first[..., None] + np.arange(PER_SEGMENT), last[..., None])
    return bins
