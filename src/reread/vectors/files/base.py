"""The interface of formats of word vectors, and what several share."""

from __future__ import annotations

import codecs
import gzip
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, ClassVar, cast

import numpy as np

from reread.errors import ConfigError, DataError
from reread.vectors.word_vectors import Matrix, WordVectors

BLOCK = 4096  # rows at a time
CHUNK = 1 << 20  # bytes at a time

Block = tuple[list[str], Matrix]
"""Some words and their rows."""


class VectorFormat(ABC):
    """A file format of words and numbers."""

    suffixes: ClassVar[tuple[str, ...]] = ()
    """The suffixes of files that are written in this format; empty: it can only be read."""
    holds_ngrams: ClassVar[bool] = False

    @abstractmethod
    def recognises(self, start: bytes) -> bool:
        """Whether a file with this beginning, decompressed, is in this format and no other."""

    @abstractmethod
    def blocks(self, path: Path, wanted: AbstractSet[str] | None) -> Iterator[Block]:
        """The rows of the wanted words (None: all), in blocks; the first block has the dimension even if it is empty.

        Raises:
            DataError: the file is damaged.
        """

    def read(self, path: Path, wanted: AbstractSet[str] | None) -> WordVectors:
        """The wanted words (None: all) with their vectors.

        Raises:
            DataError: the file is damaged, or a number in it is not finite.
        """
        return WordVectors(*gather(path, self.blocks(path, wanted)))

    def write(self, vectors: WordVectors, path: Path) -> None:
        """Write a file, completely or not at all.

        Raises:
            ConfigError: the format can only be read, or cannot hold these words.
            OSError: the disk is full or the folder cannot be written.
        """
        raise ConfigError(f"{path}: this format can only be read; {len(vectors):,} words cannot be written in it")


def finite(path: Path, blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks, checked.

    Raises:
        DataError: a number is not finite.
    """
    for words, matrix in blocks:
        rows = np.isfinite(matrix).all(axis=1)
        if not rows.all():
            word = words[int(np.argmin(rows))]
            raise DataError(f'{path}: the vector of "{word}" holds a number that is not finite')
        yield words, matrix


def gather(path: Path, blocks: Iterable[Block]) -> tuple[tuple[str, ...], Matrix]:
    """All blocks in one; the first row of a duplicate word counts.

    Raises:
        DataError: a number is not finite.
    """
    rows: dict[str, None] = {}
    matrices: list[Matrix] = []
    for words, matrix in finite(path, blocks):
        fresh = []
        for k, word in enumerate(words):
            if word not in rows:
                rows[word] = None
                fresh.append(k)
        matrices.append(matrix if len(fresh) == len(words) else matrix[fresh])
    return tuple(rows), np.concatenate(matrices)


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, decompressed if gzipped, without a UTF-8 byte order mark.

    Raises:
        DataError: the file does not exist or cannot be read, or its compressed data is damaged.
    """
    try:
        with path.open("rb", buffering=CHUNK) as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not packed:
                yield _without_mark(raw)
                return
            with gzip.open(raw) as stream:
                yield _without_mark(cast("BinaryIO", stream))
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file of word vectors") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{path}: the compressed data is damaged or ends too early ({error}); fetch it again"
        ) from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from error


def _without_mark(stream: BinaryIO) -> BinaryIO:
    if stream.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        stream.seek(0)
    return stream


def torn(path: Path, what: str) -> DataError:
    """The error for a damaged file."""
    return DataError(f"{path}: {what}; the file is incomplete or was changed; fetch or train it again")
