"""How much each n-gram of a text counts: TF-IDF, times how much the n-gram tells about the targets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reread.baseline.fitters import Problem
from reread.baseline.sparse import SparseRows

Floats = NDArray[np.float32]
ROUNDING = 1e-9  # of shares, which are sums of weights
PAIRS = 1 << 24  # numbers of rows that are counted for their sides at once


def damped(counts: SparseRows) -> SparseRows:
    """Counts, each as 1 + its logarithm."""
    return replace(counts, values=1 + np.log(counts.values))


def inverse_frequencies(counts: SparseRows) -> Floats:
    """The inverse document frequency of each column, (width,): as scikit-learn smooths it."""
    return (np.log((1 + len(counts)) / (1 + counts.frequencies())) + 1).astype(np.float32)


def telling(counts: SparseRows, problems: Iterable[Problem], weights: Floats) -> Floats:
    """How much each n-gram tells a side from all others, at most, (width,).

    That is the absolute log-count ratio of Wang and Manning 2012, section 2.1, of each side against the rest, smoothed
    so that an n-gram that stands in no text tells nothing, however rare the side. Numbers have two sides, above their
    mean and not. Its square root is taken, since models that trust the ratio itself are too sure; not of separate
    labels, which share these numbers: rare ones need all of the ratio.

    Args:
        counts: of the n-grams, (texts, n-grams).
        problems: which texts are examples of which sides.
        weights: how much each text counts, (texts,).
    """
    ratios = np.zeros(counts.width, np.float32)
    of_all = np.bincount(counts.columns, weights[counts.owners], counts.width)
    for problem in problems:
        inside = _on_sides(counts, problem, weights)
        shares = inside.sum(axis=0) / (of_all.sum() or 1)
        known = (shares > ROUNDING) & (shares < 1 - ROUNDING)
        odds = shares[known] / (1 - shares[known])
        apart = np.log((1 + inside[:, known]) / (1 / odds + of_all[:, None] - inside[:, known])) - np.log(odds)
        own = np.abs(apart).max(axis=1, initial=0)
        ratios = np.maximum(ratios, own if problem.separate > 1 else np.sqrt(own))
    return ratios.astype(np.float32)


def _on_sides(counts: SparseRows, problem: Problem, weights: Floats) -> NDArray[np.float64]:
    """In texts of how much weight each n-gram stands on each side, (width, sides)."""
    sums = np.zeros(counts.width * problem.sides)
    lengths = np.cumsum(counts.lengths[problem.members[:, 0]]) // PAIRS
    for members in np.split(problem.members, np.flatnonzero(np.diff(lengths)) + 1):
        rows, sides = members.T
        entries = counts.take(rows)
        keys = entries.columns.astype(np.int64) * problem.sides + np.repeat(sides, entries.lengths)
        sums += np.bincount(keys, np.repeat(weights[rows], entries.lengths), len(sums))
    return sums.reshape(counts.width, problem.sides)
