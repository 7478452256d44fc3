"""Blocks of rows that must stay together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = Sequence[Any] | NDArray[Any]


def codes_of(values: Values) -> NDArray[np.int64]:
    """A number from 0 for every different value, in order of appearance; a list counts as the set of its items."""
    if isinstance(values, np.ndarray) and values.dtype != object:  # each as an object would take 32 bytes
        return _renumbered(numbered(values))
    known: dict[Any, int] = {}
    hashable = (tuple(sorted(value, key=repr)) if isinstance(value, list) else value for value in values)
    return np.fromiter((known.setdefault(value, len(known)) for value in hashable), dtype=np.int64, count=len(values))


def join_blocks(keys: NDArray[np.uint64], groups: Values | None) -> NDArray[np.int64]:
    """A block number from 0 for every row; rows that share a key or a group, even through other rows, share it."""
    texts = numbered(keys)
    if groups is None:
        return _renumbered(texts)
    block = codes_of(groups)
    text_block = np.zeros(int(texts.max(initial=-1)) + 1, dtype=np.int64)
    while True:
        # Every text takes the lowest block of its rows, then every block the lowest of its texts.
        text_block[:] = len(keys)
        np.minimum.at(text_block, texts, block)
        lowest = np.arange(int(block.max(initial=-1)) + 1)
        np.minimum.at(lowest, block, text_block[texts])
        while not np.array_equal(lowest, lowest[lowest]):
            lowest = lowest[lowest]
        joined = lowest[block]
        if np.array_equal(joined, block):
            return _renumbered(block)
        block = joined


def _renumbered(block: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers without gaps, in order of the first row: the same rows in a file get the same numbers."""
    first = first_places(block)
    begins = first == np.arange(len(block))
    return (np.cumsum(begins) - 1)[first]


def numbered(keys: NDArray[Any]) -> NDArray[np.int64]:
    """A number from 0 for every different key, by its size, (keys,); np.unique would take twice the memory."""
    order = np.argsort(keys)
    keys = keys[order]
    new = np.concatenate([np.zeros(1, np.bool_), keys[1:] != keys[:-1]])[: len(keys)]
    del keys
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.cumsum(new)
    return numbers


def first_places(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The place of the first of the numbers, from 0, that is equal to each, (numbers,)."""
    first = np.empty(int(numbers.max(initial=-1)) + 1, dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers) - 1, -1, -1)  # of several the last one written stays
    return first[numbers]
