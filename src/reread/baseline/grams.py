"""N-grams: those of one text, and how often each stands in each of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.ids import UNKNOWN
from reread.text.encoded import EncodedTexts


@dataclass(frozen=True)
class Grams:
    """Runs of neighbouring tokens.

    Attributes:
        longest: tokens of the longest ones; every shorter one counts too.
        between: what stands between the tokens of a run.
    """

    longest: int
    between: str

    def __call__(self, tokens: Sequence[str]) -> list[str]:
        """The n-grams of one text, the shortest first."""
        shifted = [tokens[k:] for k in range(self.longest)]
        return [self.between.join(run) for n in range(1, self.longest + 1) for run in zip(*shifted[:n], strict=False)]

    def names(self, runs: NDArray[np.int64], tokens: Sequence[str]) -> list[str]:
        """The n-grams of some runs of ids, (runs, tokens); ``tokens`` are those of the ids from 1."""
        words = np.array(["", *tokens], dtype=object)[runs].tolist()
        return list(map(self.between.join, words))


GRAMS = {"words": Grams(2, " "), "characters": Grams(3, "")}


def count_grams(
    texts: EncodedTexts, tokens: Sequence[str], grams: Grams, *, min_texts: int, most: int
) -> tuple[Any, list[str]]:
    """How often each n-gram stands in each text: the same as scikit-learn's CountVectorizer, from ids.

    Args:
        texts: their ids, one feature; runs with an unknown token are not counted.
        tokens: those of the ids from 1.
        grams: which n-grams.
        min_texts: in how many texts one must stand.
        most: how many are kept, the most frequent ones.

    Returns:
        The counts, sparse, (texts, n-grams), and the n-grams of its columns, sorted.
    """
    from scipy.sparse import hstack  # noqa: PLC0415

    rows = np.repeat(np.arange(len(texts)), texts.lengths)
    parts, names = [], list[str]()
    for length in range(1, grams.longest + 1):
        matrix, runs = _count_runs(texts, rows, length, min_texts)
        parts.append(matrix)
        names += grams.names(runs, tokens)
    matrix = hstack(parts, "csc", dtype=np.float32)
    order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
    if len(order) > most:
        totals = np.asarray(matrix.sum(axis=0)).ravel()[order]
        order = order[np.sort(np.argsort(-totals)[:most])]  # ties as scikit-learn breaks them
    return matrix[:, order].tocsr(), [names[column] for column in order]


def _count_runs(
    texts: EncodedTexts, rows: NDArray[np.int64], length: int, min_texts: int
) -> tuple[Any, NDArray[np.int64]]:
    """The sparse counts of each run of this many known ids, (texts, runs), and the runs, (runs, length)."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415

    ids = texts.ids[:, 0]
    inside = rows[: max(0, len(ids) - length + 1)] == rows[length - 1 :]
    for place in range(length):
        inside &= ids[place : place + len(inside)] != UNKNOWN
    starts, base = np.flatnonzero(inside), int(ids.max(initial=0)) + 1
    keys = np.zeros(len(starts), np.int64)  # no overflow: a vocabulary is below 2**21, a run has three tokens at most
    for place in range(length):
        keys = keys * base + ids[starts + place]
    keys, columns, counts = np.unique(keys, return_inverse=True, return_counts=True)
    often = (counts >= min_texts)[columns]  # what stands in so many texts stands so often
    of_texts, of_keys = rows[starts[often]], columns[often]
    matrix = coo_matrix((np.ones(len(of_keys), np.float32), (of_texts, of_keys)), (len(texts), len(keys))).tocsc()
    kept = np.flatnonzero(np.diff(matrix.indptr) >= min_texts)
    return matrix[:, kept], np.stack(np.unravel_index(keys[kept], (base,) * length), axis=1)
