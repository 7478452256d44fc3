"""Max pooling over segments: Johnson and Zhang 2015 (a fixed number of equal regions), 2016 (over recurrent states)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reread import segments
from reread.kernel.reading import Reader
from reread.scoring.network.poolings import Pooling, poolings
from reread.scoring.network.poolings.max import MaxPooling
from reread.scoring.network.reading import Everywhere, Floats, Reading
from reread.scoring.network.tensors import Tensors
from reread.segments import BINS, SEGMENTS, Ints
from reread.typing import override


@poolings.register("segment_max")
class SegmentMaxPooling(Pooling):
    """The largest value of each component over each of 10 equal segments of the text, in reading order.

    The summary is the largest values of each bin and the number of tokens (see `reread.nn.poolings.segment_max`).
    """

    def __init__(self, reader: Reader, tensors: Tensors, in_dim: int, backward: slice) -> None:
        super().__init__(reader, tensors, in_dim, backward)
        self.out_dim, self.summary_dim = SEGMENTS * in_dim, BINS * in_dim + 1

    @override
    def add(self, summary: Floats, reading: Reading) -> Floats:
        if not isinstance(reading, Everywhere):
            raise TypeError("segments are pooled from the values at all positions")
        bins, before = self._parts(summary)
        after = before + reading.lengths
        merged = _largest(reading.values, reading.starts, segments.sizes(before, after, segments.widths(after)))
        if before.any():
            held = np.where(_in_use(before), bins, -np.inf).astype(np.float32).reshape(-1, self.in_dim)
            first = np.arange(len(bins)) * BINS
            merged = np.maximum(merged, _largest(held, first, segments.merged_sizes(before, after)))
        merged[~_in_use(after)[..., 0]] = 0
        return np.concatenate([merged.reshape(len(merged), -1), after[:, None]], axis=1, dtype=np.float32)

    @override
    def finish(self, summary: Floats) -> Floats:
        bins, tokens = self._parts(summary)
        texts = np.arange(len(bins))[:, None, None]
        largest: Floats = bins[texts, segments.bins_of(tokens)].max(axis=2)
        return largest.reshape(len(bins), -1)

    def _parts(self, summary: Floats) -> tuple[Floats, Ints]:
        """The largest values of each bin, (texts, bins, in_dim), and the tokens read, (texts,)."""
        return summary[:, :-1].reshape(-1, BINS, self.in_dim), summary[:, -1].astype(np.int64)

    @classmethod
    @override
    def account(cls, values: Floats, backward: slice, tensors: Tensors) -> Floats:
        tokens = np.array([len(values)])
        (width,), (bins,) = segments.widths(tokens), segments.bins_of(tokens)
        account = np.zeros((len(values), SEGMENTS, values.shape[1]), np.float32)
        for number, own in enumerate(bins):
            part = slice(own[0] * width, (own[-1] + 1) * width)
            account[part, number] = MaxPooling.account(values[part], backward, tensors)
        return account.reshape(len(values), -1)


def _in_use(tokens: Ints) -> NDArray[np.bool_]:
    """Which bins hold a token, (texts, bins, 1)."""
    return (np.arange(BINS) < segments.used(tokens)[:, None])[..., None]


def _largest(values: Floats, starts: Ints, counts: Ints) -> Floats:
    """The largest of each run, (texts, runs, dim); minus infinity of none.

    Args:
        values: (rows, dim).
        starts: each text's first row, (texts,).
        counts: rows of each run, (texts, runs). What follows a text's last run may be pooled into it.
    """
    begins, some = starts[:, None] + np.cumsum(counts, axis=1) - counts, counts > 0
    largest = np.full((*counts.shape, values.shape[1]), -np.inf, np.float32)
    largest[some] = np.maximum.reduceat(values, begins[some])
    return largest
