"""A run's answers to the test set in a few kilobytes, so that its accuracy can be recomputed exactly.

Two classes: one byte a row, the probability of the second class, at least 128 exactly if that class is predicted.
More classes: one byte a row for the predicted class, then one a row for its probability. Probabilities are kept in
256 levels, halved until the compressed bytes fit.

Rows are independent of each other, so Deflate without its search for repetitions is used: 25,000 sigmoid outputs stay
within 4 % of their entropy. LZMA took 2-4 % more, Deflate with the search up to 16 % more (256 levels, accuracies of
79-96 %).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import DataError

LIMIT = 20_000  # bytes a run
LEVELS = 256
MOST_CLASSES = 256  # a class is a byte


@dataclass(frozen=True)
class Packed:
    """Answers as bytes, with the numbers needed to read them."""

    data: bytes
    classes: int
    levels: int


@dataclass(frozen=True)
class Answers:
    """The answers of a run.

    Attributes:
        labels: the index of the predicted class, (rows,).
        probabilities: its probability, to within half a level, (rows,).
        classes: how many classes there are.
    """

    labels: NDArray[np.uint8]
    probabilities: NDArray[np.float64]
    classes: int


def pack(probabilities: ArrayLike, limit: int = LIMIT) -> Packed:
    """Code class probabilities (rows, classes), at as many levels as fit into ``limit`` bytes, 2 at least.

    The prediction is the most probable class, the first of equals; it is kept whatever the number of levels.

    Raises:
        DataError: these are not probabilities of 2 to 256 classes.
    """
    table = _checked(probabilities)
    labels = table.argmax(axis=1)
    levels = LEVELS
    while True:
        data = _deflate(_coded(table, labels, levels))
        if len(data) <= limit or levels == 2:
            return Packed(data, table.shape[1], levels)
        levels //= 2


def unpack(packed: Packed) -> Answers:
    """The inverse of `pack`.

    Raises:
        DataError: the bytes are incomplete, or have another number of classes or levels.
    """
    classes, levels = packed.classes, packed.levels
    if not (2 <= classes <= MOST_CLASSES and 2 <= levels <= LEVELS and levels & (levels - 1) == 0):
        raise DataError(
            f"predictions of {classes} classes at {levels} levels; expected 2 to {MOST_CLASSES} classes and "
            f"a power of 2 up to {LEVELS}"
        )
    try:
        codes = np.frombuffer(zlib.decompress(packed.data), dtype=np.uint8)
    except zlib.error as error:
        raise DataError(f"predictions cannot be decompressed: {error}") from error
    middles = (codes // (LEVELS // levels) + 0.5) / levels
    if classes == 2:
        labels = (codes >= LEVELS // 2).astype(np.uint8)
        return Answers(labels, np.where(labels, middles, 1 - middles), classes)
    rows = len(codes) // 2
    labels = codes[:rows]
    if len(codes) % 2 or (rows and labels.max() >= classes):
        raise DataError(f"predictions of {classes} classes name another class or lack a probability")
    return Answers(labels, middles[rows:], classes)


def _checked(probabilities: ArrayLike) -> NDArray[np.float64]:
    table: NDArray[Any] = np.asarray(probabilities, dtype=np.float64)
    if table.ndim != 2 or not 2 <= table.shape[1] <= MOST_CLASSES:
        raise DataError(
            f"probabilities of shape {table.shape}; expected (rows, classes) with 2 to {MOST_CLASSES} classes"
        )
    if not ((table >= 0) & (table <= 1)).all():
        row = int(np.argmin(((table >= 0) & (table <= 1)).all(axis=1)))
        raise DataError(f"row {row} has the probabilities {table[row].tolist()}; expected numbers from 0 to 1")
    return table


def _coded(table: NDArray[np.float64], labels: NDArray[np.intp], levels: int) -> bytes:
    if table.shape[1] == 2:  # each prediction has one half of the levels to itself
        half = levels // 2
        return _bytes(table[:, 1], levels, np.where(labels, half, 0), np.where(labels, levels, half) - 1)
    chosen = np.take_along_axis(table, labels[:, None], axis=1)[:, 0]
    return labels.astype(np.uint8).tobytes() + _bytes(chosen, levels, 0, levels - 1)


def _bytes(values: NDArray[np.float64], levels: int, lowest: ArrayLike, highest: ArrayLike) -> bytes:
    """The level of each number from 0 to 1, spread over the range of a byte."""
    level_numbers = np.clip((values * levels).astype(np.int64), lowest, highest)
    return (level_numbers * (LEVELS // levels)).astype(np.uint8).tobytes()


def _deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(level=9, strategy=zlib.Z_HUFFMAN_ONLY)
    return compressor.compress(data) + compressor.flush()
