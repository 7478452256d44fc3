"""gzip, Zstandard and zip, detected by a file's suffix or its first bytes; zip is only read."""

from __future__ import annotations

import gzip
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

if TYPE_CHECKING or sys.version_info < (3, 14):
    from backports import zstd
else:
    from compression import zstd

DAMAGE = (zlib.error, gzip.BadGzipFile, zstd.ZstdError, zipfile.BadZipFile, NotImplementedError)
"""The errors of damaged data; truncated data raises ``EOFError``."""

ZIP = ".zip"
_MAGIC = {".gz": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd", ZIP: b"PK\x03\x04"}

_WRITERS: dict[str, Callable[[IO[bytes]], Any]] = {
    # No name and no time in the header: equal rows make equal files.
    ".gz": lambda stream: gzip.GzipFile(filename="", fileobj=stream, mode="wb", compresslevel=6, mtime=0),
    ".zst": lambda stream: zstd.ZstdFile(stream, "wb", options={zstd.CompressionParameter.checksum_flag: 1}),
}


def split_suffixes(path: str) -> tuple[str, str]:
    """The suffix of the format and that of the compression: (".csv", ".gz") for ``data.csv.gz``, empty when absent."""
    name = PurePath(path.lower())
    if name.suffix not in _MAGIC:
        return name.suffix, ""
    return PurePath(name.stem).suffix, name.suffix


def compression_of(start: bytes) -> str:
    """The suffix of the compression that a file's first four bytes show, empty if none."""
    return next((suffix for suffix, magic in _MAGIC.items() if start.startswith(magic)), "")


def files_in(stream: IO[bytes]) -> list[zipfile.ZipInfo]:
    """The files of a zip archive; not its folders, nor what systems put beside them.

    Raises:
        zipfile.BadZipFile: it is damaged.
    """
    hidden = (".", "__MACOSX")
    with _damaged():
        files = [each for each in zipfile.ZipFile(stream).infolist() if not each.is_dir()]
    return [each for each in files if not any(part.startswith(hidden) for part in PurePath(each.filename).parts)]


def _only_file(stream: IO[bytes]) -> IO[bytes]:
    first = files_in(stream)[0]
    with _damaged():
        return zipfile.ZipFile(stream).open(first)


@contextmanager
def _damaged() -> Iterator[None]:
    """Make one error of those that zipfile has for archives that are none."""
    try:
        yield
    except (ValueError, LookupError, ArithmeticError, RuntimeError, struct.error) as error:
        raise zipfile.BadZipFile(str(error)) from error


_READERS: dict[str, Callable[[IO[bytes]], Any]] = {
    ".gz": lambda stream: gzip.GzipFile(fileobj=stream),
    ".zst": zstd.ZstdFile,
    ZIP: _only_file,
}


def decompressed(stream: IO[bytes], suffix: str) -> BinaryIO:
    """A stream of the decompressed bytes."""
    return cast("BinaryIO", _READERS[suffix](stream))


def compressed(stream: IO[bytes], suffix: str) -> BinaryIO:
    """A stream that compresses what is written to it; close it to finish."""
    return cast("BinaryIO", _WRITERS[suffix](stream))
