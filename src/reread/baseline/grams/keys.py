"""N-grams as numbers: the ids of neighbouring tokens in one integer of 64 bits, and a table of those that are known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError

Ints = NDArray[np.int64]
WIDTH = 63  # bits of a key


@dataclass(frozen=True)
class Tokens:
    """The ids of tokens of many pieces, one after another.

    Attributes:
        ids: at least 0; of n-grams with ``passed`` tokens none is made, (tokens,).
        owners: the piece of each token, (tokens,), in order.
        passed: which tokens are in no n-gram, (tokens,).
    """

    ids: Ints
    owners: Ints
    passed: NDArray[np.bool_]

    def runs(self, length: int, bits: int) -> tuple[Ints, Ints]:
        """The keys of the runs of ``length`` neighbours, (runs,), and where each begins, (runs,)."""
        count = max(0, len(self.ids) - length + 1)
        inside = self.owners[:count] == self.owners[length - 1 : length - 1 + count] if count else np.zeros(0, np.bool_)
        keys = np.zeros(count, np.int64)
        for place in range(length):
            keys = (keys << bits) | self.ids[place : place + count]
            inside = inside & ~self.passed[place : place + count]
        starts = np.flatnonzero(inside)
        return keys[starts], starts


@dataclass(frozen=True)
class GramTable:
    """Known n-grams.

    Attributes:
        bits: of one token's id in a key.
        shortest: tokens of the shortest ones.
        keys: the sorted keys of each length, the shortest first.
    """

    bits: int
    shortest: int
    keys: tuple[Ints, ...]

    def __len__(self) -> int:
        return sum(map(len, self.keys))

    @classmethod
    def frequent(cls, tokens: Tokens, lengths: range, bits: int, least: int, times: Ints | None = None) -> Self:
        """The n-grams that occur ``least`` times.

        Args:
            tokens: of all pieces.
            lengths: of the n-grams.
            bits: of one token's id in a key.
            least: how often one must occur.
            times: how often each piece counts, (pieces,); None: once.
        """
        tables = []
        for length in lengths:
            keys, starts = tokens.runs(length, bits)
            keys, places = np.unique(keys, return_inverse=True)
            counts = np.bincount(places, None if times is None else times[tokens.owners[starts]], len(keys))
            tables.append(keys[counts >= least])
        return cls(bits, lengths.start, tuple(tables))

    def find(self, tokens: Tokens) -> tuple[Ints, Ints, Ints]:
        """Every known n-gram: its column, where it begins, and its length, each (occurrences,)."""
        columns, starts, lengths, before = [], [], [], 0
        for length, known in enumerate(self.keys, start=self.shortest):
            keys, places = tokens.runs(length, self.bits)
            if len(known):
                found = np.searchsorted(known, keys)
                found[found == len(known)] = 0
                right = known[found] == keys
                columns.append(before + found[right])
                starts.append(places[right])
                lengths.append(np.full(int(right.sum()), length))
            before += len(known)
        none = np.zeros(0, np.int64)
        return np.concatenate([none, *columns]), np.concatenate([none, *starts]), np.concatenate([none, *lengths])

    def kept(self, columns: Ints) -> GramTable:
        """Some of the n-grams, in order."""
        bounds = np.cumsum([0, *map(len, self.keys)])
        places = np.searchsorted(columns, bounds)
        tables = [
            keys[columns[first:last] - before]
            for keys, before, first, last in zip(self.keys, bounds, places, places[1:], strict=False)
        ]
        return GramTable(self.bits, self.shortest, tuple(tables))

    def without(self, token: int, lengths: Collection[int]) -> GramTable:
        """The table without the n-grams of these lengths that hold the token."""
        tables = []
        for length, keys in enumerate(self.keys, start=self.shortest):
            each = [(keys >> self.bits * place) & ((1 << self.bits) - 1) for place in range(length)]
            tables.append(keys[~np.any(np.equal(each, token), axis=0)] if length in lengths else keys)
        return GramTable(self.bits, self.shortest, tuple(tables))

    def arrays(self) -> dict[str, Ints]:
        """The keys, by the length of their n-grams."""
        return {f"{length}": keys for length, keys in enumerate(self.keys, start=self.shortest)}

    @classmethod
    def from_arrays(cls, bits: int, lengths: Sequence[int], arrays: dict[str, Ints]) -> Self:
        """The table of these `arrays`.

        Raises:
            ConfigError: there are no such lengths, or keys are missing or are not sorted whole numbers.
        """
        most = WIDTH // bits
        if len(lengths) != 2 or not 1 <= lengths[0] <= lengths[1] <= most:
            raise ConfigError(f"lengths of n-grams {list(lengths)}: expected the least and the most, from 1 to {most}")
        tables = []
        for length in range(lengths[0], lengths[1] + 1):
            keys = arrays.get(f"{length}")
            if keys is None or keys.dtype != np.int64 or keys.ndim != 1 or (np.diff(keys) <= 0).any():
                raise ConfigError(f"the n-grams of length {length} are not rising whole numbers")
            tables.append(keys)
        return cls(bits, lengths[0], tuple(tables))
