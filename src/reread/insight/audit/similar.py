"""Near duplicates among very many texts: MinHash signatures and locality-sensitive hashing.

Broder 1997; Leskovec et al. 2020, chapter 3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reread.data.subset import Subset
from reread.errors import MissingExtraError
from reread.text.encoded import EncodedTexts
from reread.text.encoder import TextEncoder, TextSettings
from reread.text.language import detect_language

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint32]

RUN = 3  # tokens that make one feature
PERMUTATIONS = 64  # numbers of a signature
SUREST = 0.95  # the highest threshold for signatures of this length; candidates are compared in full afterwards
WEIGHTS = (0.1, 0.9)  # the cost of a false candidate, and of a missed pair: candidates are compared in full
MOST = 4096  # tokens of a text that count: a long one's first
CANDIDATES = 200  # that a text is compared with in full
MIXER = np.uint64(0x9E3779B97F4A7C15)  # an odd number near 2**64 over the golden ratio (Knuth, volume 3, section 6.4)


class Pair(NamedTuple):
    """A near duplicate of an earlier text: their rows, and the share of common runs."""

    row: int
    other: int
    similarity: float


def near_duplicates(
    texts: Sequence[str], rows: Ints, similarity: float, *, files: Ints | None = None, seed: int = 0
) -> list[Pair]:
    """Each text with a near duplicate among earlier texts, and that text.

    If there are several, one of another file is taken, else the most similar one that is not itself a near duplicate.
    Texts are compared by their runs of three tokens (English words, Chinese characters), as the linear baseline splits
    them: case, spacing and line breaks of HTML do not matter. Signatures choose the pairs to compare in full, so a few
    pairs just above the threshold are missed. Memory: 4 bytes for each token, as in `EncodedTexts`, the distinct
    tokens, and 5 KB for each text.

    Args:
        texts: all texts.
        rows: which of them to compare, (n,).
        similarity: the share from which two texts are near duplicates.
        files: the number of the file of each, (n,), ascending; None: all are of one.
        seed: of the signatures.

    Raises:
        MissingExtraError: datasketch is not installed.
    """
    try:
        from datasketch import MinHash, MinHashLSH  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtraError("finding near duplicates", "audit") from error
    encoded = _encoded(Subset(texts, rows))
    empty = MinHash(num_perm=PERMUTATIONS, seed=1 + seed, hashfunc=int)
    index = partial(MinHashLSH, threshold=min(similarity, SUREST), num_perm=PERMUTATIONS, weights=WEIGHTS)
    seen = _Seen(encoded, np.zeros(len(rows), dtype=np.int64) if files is None else files, similarity, index)
    pairs = []
    for number, ids in enumerate(encoded):
        runs, signature = runs_of(ids[:, 0]), empty.copy()
        signature.update_batch(runs.tolist())
        pair = seen.nearest(number, runs, signature)
        if pair is not None:
            pairs.append(Pair(int(rows[number]), int(rows[pair.other]), pair.similarity))
    return pairs


class _Seen:
    """The texts so far: originals in one index, and their near duplicates in an index for each file.

    With a thousand copies of a text, others are compared with the first copy only; the other indices still find a text
    that resembles a copy but not the original.
    """

    def __init__(self, encoded: EncodedTexts, files: Ints, similarity: float, index: Callable[[], Any]) -> None:
        self._encoded, self._files, self._similarity = encoded, files, similarity
        self._hashes: Hashes = np.zeros((len(files), PERMUTATIONS), dtype=np.uint32)
        self._firsts, self._copies = index(), defaultdict[int, Any](index)

    def nearest(self, number: int, runs: Hashes, signature: Any) -> Pair | None:
        """The earlier text that this one nearly equals, if any; this one is added."""
        self._hashes[number], file = signature.hashvalues, int(self._files[number])
        pairs = self._near(self._firsts, number, runs, signature)
        if all(self._files[pair.other] == file for pair in pairs):
            for other_file in self._copies.keys() - {file}:
                pairs += self._near(self._copies[other_file], number, runs, signature)
        pairs = pairs or self._near(self._copies[file], number, runs, signature)
        (self._copies[file] if pairs else self._firsts).insert(number, signature, check_duplication=False)
        return max(
            pairs, key=lambda pair: (self._files[pair.other] != file, pair.similarity, -pair.other), default=None
        )

    def _near(self, index: Any, number: int, runs: Hashes, signature: Any) -> list[Pair]:
        """The texts of an index that this one nearly equals, among those with the most similar signatures."""
        others = np.array(sorted(index.query(signature)), dtype=np.int64)
        agreeing = np.count_nonzero(self._hashes[others] == self._hashes[number], axis=1)
        likely = others[np.argsort(-agreeing, kind="stable")[:CANDIDATES]].tolist()
        pairs = (Pair(number, other, alike(runs, runs_of(self._encoded[other][:, 0]))) for other in likely)
        return [pair for pair in pairs if pair.similarity >= self._similarity]


def _encoded(texts: Sequence[str]) -> EncodedTexts:
    """The ids of texts, a different one for each token."""
    settings = replace(token_settings(texts), min_count=1, max_vocabulary=None)
    return TextEncoder.learn(settings, texts).encode_many(texts)


def token_settings(texts: Sequence[str]) -> TextSettings:
    """How texts are compared: by words, or by characters if their language has no spaces between words."""
    language = detect_language(texts)
    return TextSettings.for_language(language, segmenter="characters" if language == "zh" else "words")


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
