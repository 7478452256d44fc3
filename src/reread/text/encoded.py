"""The ids of many texts, in one array: in memory up to a limit, beyond it in an unlinked temporary file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from typing import IO, Self, overload

import numpy as np
import numpy.typing as npt

from reread.ids import UNKNOWN
from reread.typing import override

Ids = npt.NDArray[np.int32]
IN_MEMORY = 64_000_000  # more ids than this go to disk
PART = 1_000_000  # ids joined into one array, or counted at a time: small arrays cost more memory than their ids


class EncodedTexts(Sequence[Ids]):
    """Ids of texts, each (tokens, features).

    Attributes:
        ids: of all texts, one after the other, (tokens, features).
        offsets: where each text begins, and the end of the last one, (texts + 1,).
        lengths: tokens of each text, (texts,).
        dropped_tokens: how many tokens a limit cut off.
        bytes_on_disk: of the temporary file that holds the ids; 0: they are in memory.
    """

    def __init__(
        self, ids: Ids, offsets: npt.NDArray[np.int64], dropped_tokens: int = 0, bytes_on_disk: int = 0
    ) -> None:
        self.ids, self.offsets, self.dropped_tokens, self.bytes_on_disk = ids, offsets, dropped_tokens, bytes_on_disk
        self.lengths = np.diff(offsets)

    @property
    def unknown_rate(self) -> float:
        """The share of tokens that are not in the (first) vocabulary."""
        parts = (self.ids[begin : begin + PART, 0] for begin in range(0, len(self.ids), PART))  # of ids on disk too
        return sum(int(np.count_nonzero(part == UNKNOWN)) for part in parts) / max(1, len(self.ids))

    @override
    def __len__(self) -> int:
        return len(self.lengths)

    @overload
    def __getitem__(self, index: int) -> Ids: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Ids]: ...
    @override
    def __getitem__(self, index: int | slice) -> Ids | Sequence[Ids]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        row = range(len(self))[index]  # IndexError if out of range; negative counts from the end
        return self.ids[self.offsets[row] : self.offsets[row + 1]]

    @override
    def __iter__(self) -> Iterator[Ids]:
        return (self[k] for k in range(len(self)))


class EncodedTextsBuilder:
    """Collects the ids of texts, (tokens, features), some texts at a time.

    Args:
        features: ids of each token.
        max_tokens: tokens kept of each text; the rest is counted.
        in_memory: the most ids to keep in memory; more go to a temporary file.
    """

    def __init__(self, features: int, max_tokens: int | None = None, in_memory: int = IN_MEMORY) -> None:
        self._features, self._max_tokens, self._in_memory = features, max_tokens, in_memory
        self._texts: list[Ids] = []
        self._texts_size = 0
        self._parts: list[Ids] = []
        self._parts_size = 0
        self._file: IO[bytes] | None = None
        self._lengths: list[npt.NDArray[np.int64]] = []
        self._dropped = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()  # a finished array keeps the mapping, and so the bytes, alive

    def add(self, ids: Ids, lengths: npt.NDArray[np.int64]) -> None:
        """Add texts: their concatenated ids, and the tokens of each, (texts,)."""
        if self._max_tokens is not None and (lengths > self._max_tokens).any():
            positions = np.arange(len(ids)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
            ids, before = ids[positions < self._max_tokens], len(ids)
            lengths = np.minimum(lengths, self._max_tokens)
            self._dropped += before - len(ids)
        self._texts.append(ids)
        self._texts_size += ids.size
        self._lengths.append(lengths)
        if self._texts_size >= PART:
            self._join()

    def finish(self) -> EncodedTexts:
        """All texts so far."""
        self._join()
        offsets = np.cumsum(np.concatenate([np.zeros(1, dtype=np.int64), *self._lengths]))
        if self._file is None:
            return EncodedTexts(self._in_one(), offsets, self._dropped)
        ids = self._mapped(self._file)
        return EncodedTexts(ids, offsets, self._dropped, bytes_on_disk=ids.nbytes)

    def _join(self) -> None:
        """Join the waiting texts into one part; too many parts go to disk."""
        if self._texts:
            self._parts.append(np.concatenate(self._texts))
            self._parts_size += self._texts_size
            self._texts, self._texts_size = [], 0
        if self._parts_size > self._in_memory:
            self._file = self._file or tempfile.TemporaryFile(prefix="reread-ids-")  # noqa: SIM115  # __exit__ does
            self._spill(self._file)

    def _spill(self, file: IO[bytes]) -> None:
        for part in self._parts:
            file.write(part.data)
        self._parts, self._parts_size = [], 0

    def _in_one(self) -> Ids:
        return np.concatenate([np.zeros((0, self._features), dtype=np.int32), *self._parts])

    def _mapped(self, file: IO[bytes]) -> Ids:
        self._spill(file)
        file.flush()
        return np.asarray(np.memmap(file, dtype=np.int32, mode="r")).reshape(-1, self._features)
