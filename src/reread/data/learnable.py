"""Texts that may be learned from: a stream of them without those that stand among rows held out or in test files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from reread.data.split import text_keys
from reread.text.chunks import chunked


class LearnableTexts:
    """The texts of a stream but those with some keys; can be iterated as often as the stream, in bounded memory.

    Args:
        texts: the stream.
        withheld: `text_keys` of the texts that must not be learned from.
        told: is told once, after the first whole reading, how many texts it left out.

    Attributes:
        read: how many texts the last reading had.
        left_out: how many of them it left out.
    """

    def __init__(
        self, texts: Iterable[str], withheld: NDArray[np.uint64], told: Callable[[int], None] | None = None
    ) -> None:
        self._texts, self._withheld, self._told = texts, np.unique(withheld), told
        self.read = self.left_out = 0

    def __iter__(self) -> Iterator[str]:
        return (text for text, _ in self.with_keys())

    def with_keys(self) -> Iterator[tuple[str, int]]:
        """Each text with its key."""
        self.read = self.left_out = 0
        for chunk in chunked(self._texts):
            keys = text_keys(chunk)
            withheld = self._are_withheld(keys)
            self.read += len(chunk)
            self.left_out += int(withheld.sum())
            rows = zip(chunk, keys.tolist(), withheld.tolist(), strict=True)
            yield from ((text, key) for text, key, out in rows if not out)
        if self._told is not None:
            told, self._told = self._told, None
            told(self.left_out)

    def withholds(self, texts: Iterable[str]) -> int:
        """How many of some texts must not be learned from."""
        return sum(int(self._are_withheld(text_keys(chunk)).sum()) for chunk in chunked(texts))

    def _are_withheld(self, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
        if not len(self._withheld):
            return np.zeros(len(keys), dtype=np.bool_)
        places = np.searchsorted(self._withheld, keys)  # np.isin would sort all of them again for every chunk
        return np.asarray(self._withheld[np.minimum(places, len(self._withheld) - 1)] == keys)
