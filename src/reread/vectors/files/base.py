"""The interface of formats of word vectors, and what several share."""

from __future__ import annotations

import codecs
import gzip
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from reread.errors import ConfigError, DataError
from reread.fetching.checksums import file_checksum
from reread.vectors.word_vectors import Matrix, WordVectors, forms_of, nearest

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

    def read_first(self, path: Path, most: int) -> WordVectors:
        """The first words, ``most`` of them, with their vectors; reads no further.

        Raises:
            DataError: the file is damaged so far, or a number in it is not finite.
        """
        blocks, words = [], 0
        for block in self.blocks(path, None):
            blocks.append(block)
            words += len(block[0])
            if words >= most:
                break
        found, matrix = gather(path, blocks)
        return WordVectors(found[:most], matrix[:most])

    def text(self, path: Path) -> Mapping[str, Any]:
        """The text settings that cut texts into the words of this file, if the file says how."""
        del path
        return {}

    def write(self, vectors: WordVectors, path: Path) -> None:
        """Write a file, completely or not at all.

        Raises:
            ConfigError: the format can only be read, or cannot hold these words.
            OSError: the disk is full or the folder cannot be written.
        """
        raise ConfigError(f"{path}: this format can only be read; {len(vectors):,} words cannot be written in it")


@dataclass(frozen=True)
class VectorFile:
    """A file of vectors, whatever its format; its methods raise DataError where it is damaged.

    Attributes:
        path: the file.
        format: what reads it.
        about: what is known of it besides its content, for the model folder.
        sha256: what its checksum must be; None: anything.
    """

    path: Path
    format: VectorFormat
    about: Mapping[str, Any]
    sha256: str | None = None

    def dim(self) -> int:
        """The dimension of the vectors; reads little more than the beginning."""
        _, matrix = next(self.format.blocks(self.path, frozenset()))
        return int(matrix.shape[1])

    def read(self, wanted: AbstractSet[str] | None = None) -> WordVectors:
        """The wanted words (None: all) with their vectors."""
        return self.format.read(self.path, wanted)

    def first(self, most: int) -> WordVectors:
        """The first words of the file, ``most`` of them, with their vectors."""
        return self.format.read_first(self.path, most)

    def neighbours(self, word: str, n: int = 10) -> list[tuple[str, float]]:
        """The ``n`` words nearest to that of ``word`` and their cosines, highest first, in bounded memory.

        Raises:
            DataError: the word has no vector.
        """
        vector = self.read({word, *forms_of(word)}).vector(word)
        return nearest(finite(self.path, self.format.blocks(self.path, None)), vector, n, but=word)

    def fingerprint(self) -> str:
        """The SHA-256 of the file's bytes.

        Raises:
            DataError: it is not what it must be.
        """
        found = file_checksum(self.path)
        if self.sha256 not in {None, found}:
            raise torn(self.path, f"its sha256 is {found}, expected {self.sha256}")
        return found

    def text(self) -> Mapping[str, Any]:
        """The text settings that cut texts into these words, if the file says how."""
        return self.format.text(self.path)


def matrix_blocks(words: Sequence[str], matrix: NDArray[Any], wanted: AbstractSet[str] | None) -> Iterator[Block]:
    """The rows of the wanted words (None: all) of a matrix, which may be memory-mapped."""
    yield [], np.zeros((0, matrix.shape[1]), dtype=np.float32)
    for start in range(0, len(words), BLOCK):
        rows = [row for row in range(start, min(start + BLOCK, len(words))) if wanted is None or words[row] in wanted]
        yield [words[row] for row in rows], np.asarray(matrix[rows], dtype=np.float32)


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
