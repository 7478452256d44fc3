"""The bytes of a file, a pipe or standard input, decompressed; they can be read repeatedly."""

from __future__ import annotations

import copy
import difflib
import glob
import io
import os
import re
import shutil
import stat
import sys
import tempfile
import threading
import weakref
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import IO, Any, BinaryIO, cast

from reread.data.columns import listed
from reread.data.compression import DAMAGE, ZIP, compression_of, decompressed, files_in, split_suffixes
from reread.data.spool import Spool
from reread.errors import DataError
from reread.files import STANDARD_STREAM
from reread.typing import override
from reread.wording import number_of

__all__ = ["CHUNK", "STANDARD_STREAM", "Source", "split_suffixes", "spooled"]

CHUNK = 1 << 20
"""Bytes read at a time."""

OFFICE = "[Content_Types].xml"  # in the zip archives that are office documents
_ENCRYPTED = 1  # a bit of a zip archive's flags
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_BEFORE_ARRAY = b"\xef\xbb\xbf \t\r\n"  # UTF-8's mark, white space
_SAMPLE = 1 << 16  # bytes in which UTF-16 shows
_ALIKE = 0.7  # of two names, from which one may be a slip of the other


class Source:
    """The bytes behind a path, decompressed, which can be opened repeatedly.

    Standard input and pipes are spooled to an unnamed temporary file.

    Args:
        path: the file; ``-`` is standard input.
        may_be_slow: whether standard input may be read before it has ended, see `start`.

    Attributes:
        is_slow: whether it is standard input that has not ended yet; then it is read in one pass after `start`.

    Raises:
        DataError: the file does not exist, is a folder, or cannot be read.
    """

    def __init__(self, path: str | Path, *, may_be_slow: bool = False) -> None:
        self.path = str(path)
        self.is_standard_input = self.path == STANDARD_STREAM
        self.name = "standard input" if self.is_standard_input else self.path
        self.is_slow = False
        self._spool: Spool | IO[bytes] | None = None
        self._lock = threading.Lock()
        self._limit: int | None = None
        if self.is_standard_input:
            stream = sys.stdin.buffer
            self._spool = Spool(stream) if may_be_slow and _may_be_slow(stream) else spooled(stream)
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

    def start(self, lines: int) -> Source:
        """What is there of a slow source when it falls silent after some lines; of any other one all.

        Compressed and binary data, UTF-16, and a JSON array are waited for to their end.
        """
        if not isinstance(self._spool, Spool) or self.compression:
            return self
        size = self._spool.start(lines)
        start = copy.copy(self)
        start._limit, start.is_slow = size, False  # noqa: SLF001  # a copy of itself
        if size is None or b"\0" in (sample := start.peek(_SAMPLE)) or sample.lstrip(_BEFORE_ARRAY).startswith(b"["):
            return self
        self.is_slow = True
        return start

    @contextmanager
    def before_waiting(self, do: Callable[[], None]) -> Iterator[None]:
        """Within it ``do`` is called when all bytes of a slow source are read, before more are waited for.

        Its errors are raised as they are, whoever reads.
        """
        if not (self.is_slow and isinstance(self._spool, Spool)):
            yield
            return

        def guarded() -> None:
            try:
                do()
            except (OSError, ValueError) as error:  # which readers would take for their own
                raise _WhileWaitingError from error

        self._spool.before_waiting = guarded
        try:
            yield
        except _WhileWaitingError as error:
            raise cast("Exception", error.__cause__) from None
        finally:
            self._spool.before_waiting = lambda: None

    def peek(self, size: int) -> bytes:
        """The first ``size`` bytes."""
        with self.open() as stream:
            return stream.read(size)

    def _open_raw(self) -> BinaryIO:
        if self._spool is None:
            return Path(self.path).open("rb", buffering=CHUNK)
        return cast("BinaryIO", io.BufferedReader(_Window(self._spool, self._lock, self._limit), CHUNK))

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
        if compression == ZIP:
            return self._detect_zip()
        if wanted and start and compression != wanted:
            raise DataError(
                f'{self.name}: is named "{wanted}", but is not compressed that way; rename it, or compress it'
            )
        return compression

    def _detect_zip(self) -> str:
        """The compression of a zip archive of one file, whose name says the format; none of a spreadsheet."""
        try:
            with self._open_raw() as raw:
                files = files_in(raw)
        except DAMAGE as error:
            raise DataError(f"{self.name}: the zip archive is damaged ({error}); fetch or compress it again") from error
        names = [each.filename for each in files]
        if OFFICE in names:
            return ""
        if len(files) != 1:
            raise DataError(
                f"{self.name}: holds {listed(names) if names else 'no file'}; expected a zip archive of one file"
            )
        if files[0].flag_bits & _ENCRYPTED:
            raise DataError(f"{self.name}: {names[0]} is encrypted; unpack it, and name that file")
        if files[0].compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise DataError(
                f"{self.name}: {names[0]} is packed in a way that is not read; unpack it, and name that file"
            )
        self.suffix = PurePath(names[0].lower()).suffix or self.suffix
        return ZIP


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


class _WhileWaitingError(Exception):
    """What is done before waiting failed; its cause says why."""


def _may_be_slow(stream: IO[bytes]) -> bool:
    """Whether it is a pipe, a socket or a terminal."""
    try:
        return not stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:  # no file behind it
        return False


class _Window(io.RawIOBase):
    """A separate position in a shared file."""

    def __init__(self, file: Spool | IO[bytes], lock: threading.Lock, limit: int | None) -> None:
        self._file = file
        self._lock = lock
        self._limit = limit
        self._position = 0

    @override
    def readable(self) -> bool:
        return True

    @override
    def seekable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Any) -> int:
        size = len(buffer) if self._limit is None else min(len(buffer), self._limit - self._position)
        data = self._read(size)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = self._position if whence == io.SEEK_CUR else 0
        if whence == io.SEEK_END:
            base = self._end()
        self._position = base + offset
        return self._position

    def _read(self, size: int) -> bytes:
        if isinstance(self._file, Spool):
            return self._file.read(self._position, size) if size > 0 else b""
        with self._lock:
            self._file.seek(self._position)
            return self._file.read(size)

    def _end(self) -> int:
        if isinstance(self._file, Spool):
            return self._file.end()
        with self._lock:
            return self._file.seek(0, io.SEEK_END)


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
