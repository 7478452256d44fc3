"""The bytes of a file, a pipe or standard input, decompressed; they can be read repeatedly."""

from __future__ import annotations

import difflib
import glob
import io
import re
import shutil
import stat
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from reread.data.compression import DAMAGE, compression_of, decompressed, split_suffixes
from reread.errors import DataError
from reread.files import STANDARD_STREAM
from reread.typing import override
from reread.wording import number_of

__all__ = ["CHUNK", "STANDARD_STREAM", "Source", "split_suffixes", "spooled"]

CHUNK = 1 << 20
"""Bytes read at a time."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_ALIKE = 0.7  # of two names, from which one may be a slip of the other


class Source:
    """The bytes behind a path, decompressed, which can be opened repeatedly.

    Standard input and pipes are spooled to an unnamed temporary file.

    Raises:
        DataError: the file does not exist, is a folder, or cannot be read.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = str(path)
        self.is_standard_input = self.path == STANDARD_STREAM
        self.name = "standard input" if self.is_standard_input else self.path
        self._spool: IO[bytes] | None = None
        self._lock = threading.Lock()
        if self.is_standard_input:
            self._spool = spooled(sys.stdin.buffer)
        else:
            self._open_file()
        if self._spool is not None:
            weakref.finalize(self, self._spool.close)
        self.suffix, wanted = split_suffixes(self.path)
        self.compression = ""
        self.compression = self._detect_compression(wanted)

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The decompressed bytes from the start; errors of reading become a ``DataError``."""
        try:
            with self._open_raw() as raw:
                if not self.compression:
                    yield raw
                    return
                with decompressed(raw, self.compression) as stream:
                    yield stream
        except EOFError as error:
            raise DataError(
                f"{self.name}: the compressed data ends too early; fetch or compress the file again"
            ) from error
        except DAMAGE as error:
            raise DataError(
                f"{self.name}: the compressed data is damaged ({error}); fetch or compress the file again"
            ) from error
        except OSError as error:
            raise DataError(f"{self.name}: cannot be read ({error.strerror or error})") from error

    @contextmanager
    def open_seekable(self) -> Iterator[BinaryIO]:
        """Like ``open``, for readers that seek: compressed data is first decompressed to a temporary file."""
        with self.open() as stream:
            if not self.compression:
                yield stream
                return
            with spooled(stream) as copy:
                yield cast("BinaryIO", copy)

    def peek(self, size: int) -> bytes:
        """The first ``size`` bytes."""
        with self.open() as stream:
            return stream.read(size)

    def _open_raw(self) -> BinaryIO:
        if self._spool is None:
            return Path(self.path).open("rb", buffering=CHUNK)
        return cast("BinaryIO", io.BufferedReader(_Window(self._spool, self._lock), CHUNK))

    def _open_file(self) -> None:
        path = Path(self.path)
        if "\0" in self.path:
            raise DataError(f"{self.path!r}: is not a path to a file")
        try:
            mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                raise DataError(f"{self.name}: is a folder; name a file in it")
            with path.open("rb") as stream:
                if not stat.S_ISREG(mode):
                    self._spool = spooled(stream)
        except FileNotFoundError as error:
            raise DataError(f"{self.name}: {_why_absent(self.path)}") from error
        except OSError as error:
            raise DataError(f"{self.name}: cannot be read ({error.strerror or error})") from error

    def _detect_compression(self, wanted: str) -> str:
        start = self.peek(4)
        compression = compression_of(start)
        if wanted and start and compression != wanted:
            raise DataError(
                f'{self.name}: is named "{wanted}", but is not compressed that way; rename it, or compress it'
            )
        return compression


def spooled(stream: IO[bytes]) -> IO[bytes]:
    """An unnamed temporary file with all bytes of ``stream``, positioned at its start."""
    copy = tempfile.TemporaryFile()  # noqa: SIM115  # its owner closes it
    try:
        shutil.copyfileobj(stream, copy, CHUNK)
    except BaseException:
        copy.close()
        raise
    copy.seek(0)
    return copy


class _Window(io.RawIOBase):
    """A separate position in a shared file."""

    def __init__(self, file: IO[bytes], lock: threading.Lock) -> None:
        self._file = file
        self._lock = lock
        self._position = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Any) -> int:
        with self._lock:
            self._file.seek(self._position)
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            with self._lock:
                base = self._file.seek(0, io.SEEK_END)
        else:
            base = self._position if whence == io.SEEK_CUR else 0
        self._position = base + offset
        return self._position


def _why_absent(path: str) -> str:
    """What is wrong with the name of a file that is not there."""
    if _ADDRESS.match(path):
        return "is an address, and files are read from this machine only; download it first"
    if glob.has_magic(path):
        files = len(glob.glob(path))  # noqa: PTH207  # a pattern may begin at the root
        found = f"it is a pattern of {number_of(files, 'file')}, which a shell expands where it is not quoted"
        return f"no such file; {found}" if files else "no file matches this pattern"
    return f"no such file{_similar_file(Path(path))}"


def _similar_file(path: Path) -> str:
    """The file in the same folder whose name is nearly this one; suffixes are alike anyway."""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return ""
    for name in difflib.get_close_matches(path.name, names):
        if difflib.SequenceMatcher(None, path.stem, Path(name).stem).ratio() >= _ALIKE:
            return f'; did you mean "{path.parent / name}"?'
    return ""
