"""A list of texts in bounded memory."""

from __future__ import annotations

import mmap
import sys
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, overload

from reread.typing import override

MEMORY = 256 << 20
"""Bytes of text kept in memory; the rest goes to a temporary file."""


class TextStore(Sequence[str]):
    """An append-only list of texts; what exceeds ``memory`` bytes is kept in an unnamed temporary file."""

    def __init__(self, texts: Iterable[str] = (), *, memory: int = MEMORY) -> None:
        self._texts: list[str] = []
        self._free = memory
        self._file: IO[bytes] | None = None
        self._map: mmap.mmap | None = None
        self._ends = array("q", [0])
        for text in texts:
            self.append(text)

    def append(self, text: str) -> None:
        """Add a text at the end."""
        if self._file is None:
            self._free -= sys.getsizeof(text)
            if self._free >= 0:
                self._texts.append(text)
                return
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the store
            weakref.finalize(self, self._file.close)
        data = text.encode("utf-8", "surrogatepass")
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))
        self._map = None

    @property
    def bytes_on_disk(self) -> int:
        """What the temporary file holds."""
        return self._ends[-1]

    @override
    def __len__(self) -> int:
        return len(self._texts) + len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    @override
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else int(index)
        if not 0 <= position < len(self):
            raise IndexError(f"text {index} of {len(self)}")
        if position < len(self._texts):
            return self._texts[position]
        return self._spilled(position - len(self._texts))

    @override
    def __iter__(self) -> Iterator[str]:
        yield from self._texts
        for number in range(len(self._ends) - 1):
            yield self._spilled(number)

    def _spilled(self, number: int) -> str:
        start, end = self._ends[number], self._ends[number + 1]
        if start == end:
            return ""
        if self._map is None:
            self._map = self._mapped()
        return self._map[start:end].decode("utf-8", "surrogatepass")

    def _mapped(self) -> mmap.mmap:
        if self._file is None:
            raise IndexError("nothing is spilled")
        self._file.flush()
        return mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
