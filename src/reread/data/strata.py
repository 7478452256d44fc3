"""Blocks of rows held out so that about the same share of every stratum (label) is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def stratified(blocks: Ints, labels: Ints, fraction: float, random: np.random.Generator) -> Bools:
    """Which blocks to hold out, shape (number of blocks,).

    Blocks of several strata come first, one by one; blocks of one stratum then fill up what each stratum still lacks.
    A stratum always keeps a block in training, so none may be held out if strata are small.

    Args:
        blocks: the block of every row, from 0 without gaps, shape (n,).
        labels: the stratum of every row, likewise.
        fraction: the share of each stratum's rows to hold out.
        random: decides the order in which blocks are considered.
    """
    count = int(blocks.max()) + 1
    order = random.permutation(count)
    lowest = np.full(count, labels.max())
    highest = np.zeros(count, dtype=np.int64)
    np.minimum.at(lowest, blocks, labels)
    np.maximum.at(highest, blocks, labels)
    mixed = lowest != highest
    strata = int(labels.max()) + 1
    held_out = _hold_mixed(blocks, labels, order[mixed[order]], _counts(labels[mixed[blocks]], strata) * fraction)
    wanted = _counts(labels, strata) * fraction - _counts(labels[held_out[blocks]], strata)
    in_training = _counts(labels[mixed[blocks] & ~held_out[blocks]], strata) > 0
    pure = order[~mixed[order]]
    rows = _whole_numbers(np.maximum(wanted, 0), random)
    held_out[_first_of_each(pure, lowest[pure], np.bincount(blocks)[pure], rows, in_training)] = True
    return held_out


def _counts(labels: Ints, strata: int) -> Floats:
    return np.bincount(labels, minlength=strata).astype(np.float64)


def _hold_mixed(blocks: Ints, labels: Ints, order: Ints, wanted: Floats) -> Bools:
    """Hold a block out where that brings the strata's counts nearer to ``wanted`` and empties none in training."""
    held_out = np.zeros(int(blocks.max()) + 1, dtype=bool)
    if not len(order):
        return held_out
    pairs, counts = np.unique(blocks * len(wanted) + labels, return_counts=True)
    block_of, label_of = np.divmod(pairs, len(wanted))
    starts = np.searchsorted(block_of, np.arange(len(held_out) + 1))
    lacking = wanted.copy()
    left = np.bincount(labels)
    weight = 1 / np.maximum(left, 1)  # a row of a rare stratum counts for more
    for block in order:
        part = slice(starts[block], starts[block + 1])
        strata, rows = label_of[part], counts[part]
        weighted = rows * weight[strata]
        nearer = 2 * (weighted @ lacking[strata]) > weighted @ rows
        if nearer and np.all(left[strata] > rows):
            held_out[block] = True
            lacking[strata] -= rows
            left[strata] -= rows
    return held_out


def _whole_numbers(wanted: Floats, random: np.random.Generator) -> Ints:
    """Round so that the sum is kept: the largest fractions are rounded up, equal ones at random."""
    rows = np.floor(wanted).astype(np.int64)
    up = round(float(wanted.sum())) - int(rows.sum())
    order = np.lexsort((random.random(len(wanted)), -np.round(wanted - rows, 9)))
    rows[order[: max(up, 0)]] += 1
    return rows


def _first_of_each(order: Ints, strata: Ints, sizes: Ints, rows: Ints, in_training: Bools) -> Ints:
    """The first blocks of every stratum, about ``rows[stratum]`` rows of it; one block stays unless ``in_training``."""
    by_stratum = np.argsort(strata, kind="stable")
    order, strata, sizes = order[by_stratum], strata[by_stratum], sizes[by_stratum]
    before = np.cumsum(sizes) - sizes
    before -= before[np.searchsorted(strata, strata)] if len(strata) else 0
    is_last = np.append(strata[1:] != strata[:-1], True)[: len(strata)]
    chosen = (before + sizes / 2 <= rows[strata]) & ~(is_last & ~in_training[strata])
    return order[chosen]
