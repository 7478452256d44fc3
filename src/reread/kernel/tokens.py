"""Tokens and their ids in the arrays in which C looks them up. See source/tokens.h."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Collection
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from reread.kernel.library import Library
from reread.typing import override

UTF_32 = f"utf-32-{sys.byteorder[0]}e"

CHARACTERS_A_SLOT = 4  # half the slots are taken at most, a word has some eight characters

_SLOT = np.dtype([("hash", np.uint32), ("id", np.int32)])


class _Tokens(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("characters", "ends", "slots")),
        *((name, ctypes.c_int64) for name in ("mask", "longest", "room", "count")),
    )


class TokenTable:
    """Tokens with ids from 1 in the order given, none of them twice."""

    def __init__(self, library: Library, tokens: Collection[str]) -> None:
        lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
        self._library = library
        self._structure = _Tokens(longest=int(lengths.max(initial=0)), count=len(tokens))
        self.address = ctypes.addressof(self._structure)
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        self._place(codes("".join(tokens)), ends, 2 << len(tokens).bit_length())

    def __len__(self) -> int:
        return int(self._structure.count)

    def grow(self) -> None:
        """Make room for more tokens, where C adds any."""

    def _place(self, characters: NDArray[np.uint32], ends: NDArray[np.int64], slots: int) -> None:
        """Keep the tokens in these arrays, with as many slots, a power of two."""
        self._characters, self._ends, self._slots = characters, ends, np.zeros(slots, _SLOT)
        table = self._structure
        table.characters, table.ends, table.slots = (each.ctypes.data for each in (characters, ends, self._slots))
        table.mask = slots - 1
        self._library.functions.reread_text_fill(ctypes.byref(table))


class LearnedTokens(TokenTable):
    """Tokens that C adds when it meets them first, and how often each was met.

    Args:
        library: the build that adds them.
        slots: a power of two, twice the number of tokens that there is room for before the table grows.
    """

    def __init__(self, library: Library, slots: int = 1 << 16) -> None:
        super().__init__(library, ())
        self._counts = np.zeros(1, np.int64)  # the unknown token's first
        self._resize(slots)

    @override
    def grow(self) -> None:
        self._resize(2 * len(self._slots))

    def count(self, ids: NDArray[np.int32]) -> None:
        """Count tokens by their ids, (tokens,)."""
        counts = np.bincount(ids, minlength=len(self) + 1)
        counts[: len(self._counts)] += self._counts
        self._counts = counts

    def take(self) -> dict[str, int]:
        """How often each token was counted; then the table is empty."""
        ends = self._ends[: len(self) + 1].tolist()
        characters = self._characters[: ends[-1]].tobytes().decode(UTF_32, "surrogatepass")
        tokens = (characters[start:end] for start, end in pairwise(ends))
        counts = dict(zip(tokens, self._counts[1:].tolist(), strict=True))
        self._structure.count, self._counts = 0, np.zeros(1, np.int64)
        self._slots[:] = 0
        return counts

    def _resize(self, slots: int) -> None:
        characters = np.empty(CHARACTERS_A_SLOT * slots, np.uint32)
        ends = np.empty(slots // 2 + 1, np.int64)
        ends[: len(self) + 1] = self._ends[: len(self) + 1]
        characters[: ends[len(self)]] = self._characters[: ends[len(self)]]
        self._structure.room = len(characters)
        self._place(characters, ends, slots)


def codes(text: str) -> NDArray[np.uint32]:
    """The code points of a text, (characters,)."""
    return np.frombuffer(text.encode(UTF_32, "surrogatepass"), np.uint32)
