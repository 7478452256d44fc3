"""Which rows are held out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.errors import DataError


def normal_form(text: str) -> str:
    """The text with case and white space folded: what counts as the same text."""
    return " ".join(text.casefold().split())


def text_keys(texts: Iterable[str]) -> NDArray[np.uint64]:
    """A 64-bit key (BLAKE2b) of every text's normal form, shape (n,)."""
    digests = b"".join(
        hashlib.blake2b(normal_form(text).encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts
    )
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def split_rows(
    keys: NDArray[np.uint64],
    *,
    fraction: float = 0.1,
    seed: int = 0,
    strata: Sequence[Any] | None = None,
    groups: Sequence[Any] | None = None,
    times: Sequence[Any] | None = None,
) -> NDArray[np.bool_]:
    """THIN: widened next. True = held out."""
    blocks = np.unique(keys, return_inverse=True)[1]
    count = int(blocks.max()) + 1
    if count < 2:
        raise DataError("cannot split")
    order = np.random.default_rng(seed).permutation(count)
    held = np.zeros(count, dtype=bool)
    held[order[: min(count - 1, max(1, round(fraction * count)))]] = True
    return held[blocks]
