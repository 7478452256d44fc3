"""Which rows are held out for validation; no text and no group is on both sides."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from reread.data.blocks import Values, codes_of, join_blocks
from reread.data.strata import stratified
from reread.errors import ConfigError, DataError

_LOGGER = logging.getLogger(__name__)

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def normal_form(text: str) -> str:
    """The text with case and white space folded; texts with the same normal form count as the same."""
    return " ".join(text.casefold().split())


def text_keys(texts: Iterable[str]) -> NDArray[np.uint64]:
    """A key (BLAKE2b, 64 bits) of every text's normal form, shape (n,)."""
    digests = bytearray()  # 8 bytes a text, where a list of them would take 50
    for text in texts:
        digests += hashlib.blake2b(normal_form(text).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def split_rows(  # keyword-only
    keys: NDArray[np.uint64],
    *,
    fraction: float = 0.1,
    seed: int = 0,
    strata: Values | None = None,
    groups: Values | None = None,
    times: Sequence[float] | None = None,
    warn: bool = True,
) -> Bools:
    """Choose the rows to hold out, about ``fraction`` of them; True = held out, shape (n,).

    Rows with equal keys, and rows of one group, are never separated. A stratum with several such blocks keeps
    at least one in training. The same arguments give the same split.

    Args:
        keys: ``text_keys`` of the rows, shape (n,).
        fraction: the share of rows to hold out, between 0 and 1.
        seed: chooses one of the many such splits.
        strata: labels (or lists of labels) whose shares should be the same on both sides.
        groups: values that must not be on both sides.
        times: hold out the latest rows instead; a block is as late as its latest row, so no training row is
            later than the held-out blocks. Strata and seed are then ignored.
        warn: say so where the rows cannot be stratified.

    Raises:
        DataError: all rows share a text or a group, so one side would be empty.
        ConfigError: ``fraction`` is not between 0 and 1.
    """
    if not 0 < fraction < 1:
        raise ConfigError(f"the held-out fraction is {fraction}; give one between 0 and 1")
    blocks = join_blocks(keys, groups)
    sizes = np.bincount(blocks)
    if len(sizes) < 2:
        raise DataError(_inseparable(len(keys), groups is not None))
    target = min(max(1, round(fraction * len(keys))), len(keys) - 1)
    if times is not None:
        held_out = _latest(blocks, sizes, target, np.asarray(times, dtype=np.float64))
    else:
        labels = np.zeros(len(keys), dtype=np.int64) if strata is None else codes_of(strata)
        random = np.random.default_rng(seed)
        held_out = stratified(blocks, labels, target / len(keys), random)
        if not held_out.any() or held_out.all():
            if warn:
                _LOGGER.warning(
                    "the held-out rows are not stratified: there are too few different texts or groups of each label"
                )
            held_out = _first_rows(random.permutation(len(sizes)), sizes, target)
    return held_out[blocks]


def _inseparable(rows: int, grouped: bool) -> str:  # noqa: FBT001  # private
    if rows < 2:
        return f"cannot hold rows out: there is {rows} row; at least 2 different texts are needed"
    linked = (
        "share a group, or texts that link their groups" if grouped else "have the same text, ignoring case and spacing"
    )
    return f"cannot hold rows out: all {rows} rows {linked}; at least 2 that differ are needed"


def _latest(blocks: Ints, sizes: Ints, target: int, times: NDArray[np.float64]) -> Bools:
    latest = np.full(len(sizes), -np.inf)
    np.maximum.at(latest, blocks, times)
    order = np.argsort(-latest, kind="stable")
    return _first_rows(order, sizes, target)


def _first_rows(order: Ints, sizes: Ints, target: int) -> Bools:
    """The first blocks of ``order`` that hold about ``target`` rows: at least one, and never all."""
    before = np.cumsum(sizes[order]) - sizes[order]
    count = int(np.count_nonzero(before + sizes[order] / 2 <= target))
    held_out = np.zeros(len(sizes), dtype=bool)
    held_out[order[: min(max(count, 1), len(sizes) - 1)]] = True
    return held_out
