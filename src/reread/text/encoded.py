"""The ids of many texts, in one array: in memory while they are few, in an unlinked temporary file beyond."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt

from reread.typing import override

Ids = npt.NDArray[np.int32]
IN_MEMORY = 64_000_000  # ids beyond which they go to disk


class EncodedTexts(Sequence[Ids]):
    """Ids of texts, each (tokens, features).

    Attributes:
        ids: of all texts, one after the other, (tokens, features).
        offsets: where each text begins, and the end of the last one, (texts + 1,).
        lengths: tokens of each text, (texts,).
        dropped_tokens: how many tokens a limit cut off.
    """

    def __init__(self, ids: Ids, offsets: npt.NDArray[np.int64], dropped_tokens: int = 0) -> None:
        self.ids, self.offsets, self.dropped_tokens = ids, offsets, dropped_tokens
        self.lengths = np.diff(offsets)

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
        if index < 0:
            index += len(self)
        return self.ids[self.offsets[index] : self.offsets[index + 1]]

    @override
    def __iter__(self) -> Iterator[Ids]:
        return (self[k] for k in range(len(self)))


class EncodedTextsBuilder:
    """Takes the ids of one text after the other, each (tokens, features).

    Args:
        features: ids of each token.
        max_tokens: tokens kept of each text; the rest is counted.
        in_memory: ids beyond which they go to a temporary file.
    """

    def __init__(self, features: int, max_tokens: int | None = None, in_memory: int = IN_MEMORY) -> None:
        self._features, self._max_tokens, self._in_memory = features, max_tokens, in_memory
        self._pending: list[Ids] = []
        self._pending_ids = 0
        self._file: tempfile._TemporaryFileWrapper[bytes] | None = None
        self._lengths: list[int] = []
        self._dropped = 0

    def add(self, ids: Ids) -> None:
        """Take in one text."""
        kept = ids[: self._max_tokens]
        self._dropped += len(ids) - len(kept)
        self._pending.append(kept)
        self._pending_ids += kept.size
        self._lengths.append(len(kept))
        if self._pending_ids >= self._in_memory:
            self._spill()

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.NamedTemporaryFile(prefix="reread-ids-")  # noqa: SIM115  # lives as long as the array
        np.concatenate(self._pending).tofile(self._file.file)
        self._pending, self._pending_ids = [], 0

    def finish(self) -> EncodedTexts:
        """All texts so far."""
        offsets = np.concatenate([[0], np.cumsum(self._lengths, dtype=np.int64)]).astype(np.int64)
        if self._file is None:
            ids = np.concatenate(self._pending) if self._pending else np.zeros((0, self._features), dtype=np.int32)
            return EncodedTexts(ids, offsets, self._dropped)
        if self._pending:
            self._spill()
        self._file.flush()
        mapped = np.memmap(self._file.file, dtype=np.int32, mode="r", shape=(int(offsets[-1]), self._features))
        return EncodedTexts(mapped, offsets, self._dropped)
