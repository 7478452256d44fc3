"""Pairs of texts that are nearly equal, among very many: MinHash signatures and locality-sensitive hashing (Broder 1997; Leskovec et al. 2020, chapter 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reread.blend.linear import baseline_encoder
from reread.errors import MissingExtraError
from reread.estimators.prepare import Subset
from reread.text.encoded import EncodedTexts
from reread.text.encoder import TextEncoder
from reread.text.language import detect_language

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint32]

RUN = 3  # tokens that make one feature
PERMUTATIONS = 64  # numbers of a signature
WEIGHTS = (0.1, 0.9)  # how bad a candidate in vain is, and a pair that is missed: candidates are compared in full
MOST = 4096  # tokens of a text that count: a long one's first
CANDIDATES = 200  # that a text is compared with in full
MIXER = np.uint64(0x9E3779B97F4A7C15)  # an odd number near 2**64 over the golden ratio (Knuth, volume 3, section 6.4)


class Pair(NamedTuple):
    """A text that is nearly an earlier one: their rows, and the share of common runs."""

    row: int
    other: int
    similarity: float


def near_duplicates(texts: Sequence[str], rows: Ints, similarity: float, *, seed: int = 0) -> list[Pair]:
    """For each text that is nearly an earlier one, the most similar of those that are not nearly an earlier one themselves.

    Texts are compared by their runs of three tokens (of English words, of Chinese characters), as the linear baseline cuts them: case, spacing and line
    breaks of HTML change nothing. Signatures choose the pairs that are compared in full, so a few of those just above the bound are missed. In memory:
    4 bytes for each token, as `EncodedTexts` keeps them, the distinct tokens, and 5 KB for each text.

    Args:
        texts: all texts.
        rows: which of them to compare, (n,).
        similarity: the share from which two are nearly equal.
        seed: of the signatures.

    Raises:
        MissingExtraError: datasketch is not installed.
    """
    try:
        from datasketch import MinHash, MinHashLSH  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("finding near duplicates", "audit") from error
    encoded = _encoded(Subset(texts, rows))
    index: Any = MinHashLSH(threshold=similarity, num_perm=PERMUTATIONS, weights=WEIGHTS)
    empty = MinHash(num_perm=PERMUTATIONS, seed=1 + seed, hashfunc=int)
    pairs = []
    for number, ids in enumerate(encoded):
        runs, signature = runs_of(ids[:, 0]), empty.copy()
        signature.update_batch(runs.tolist())
        others = sorted(index.query(signature))[:CANDIDATES]
        shares = [alike(runs, runs_of(encoded[other][:, 0])) for other in others]
        if max(shares, default=0.0) >= similarity:
            other = others[int(np.argmax(shares))]
            pairs.append(Pair(int(rows[number]), int(rows[other]), max(shares)))
        else:
            index.insert(number, signature, check_duplication=False)
    return pairs


def _encoded(texts: Sequence[str]) -> EncodedTexts:
    """The ids of texts, a different one for each token."""
    settings = replace(baseline_encoder(detect_language(texts))[0].settings, min_count=1, max_vocabulary=None)
    return TextEncoder.learn(settings, texts).encode_many(texts)


def runs_of(ids: NDArray[np.int32]) -> Hashes:
    """The different runs of three tokens in a text, hashed and sorted; a shorter text is one run."""
    tokens = ids[:MOST].astype(np.uint64) + np.uint64(1)
    length = min(RUN, len(tokens))
    hashes: NDArray[np.uint64] = np.zeros(len(tokens) - length + 1, dtype=np.uint64)
    for place in range(length):
        hashes = np.multiply(hashes + tokens[place : place + len(hashes)], MIXER)  # wraps around
    return np.unique((hashes >> np.uint64(32)).astype(np.uint32))


def alike(one: Hashes, other: Hashes) -> float:
    """The share of what both have among what either has (Jaccard)."""
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)
