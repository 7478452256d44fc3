"""Writing rows to a file that appears complete or not at all."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from reread.data.columns import listed
from reread.data.compression import ZIP, compressed, split_suffixes
from reread.data.formats import Format, Sink, check_columns, formats
from reread.data.read import format_of
from reread.data.source import CHUNK
from reread.errors import DataError
from reread.files import STANDARD_STREAM, check_output, no_place, whole_file


class RowWriter:
    """A context manager that writes rows; after an error the file is as it was before.

    A full disk raises ``OSError`` with the file's name.
    """

    def __init__(self, path: str, columns: tuple[str, ...], file_format: Format, compression: str) -> None:
        self.name = "standard output" if path == STANDARD_STREAM else path
        self.columns = columns
        self._path = path
        self._format = file_format
        self._compression = compression
        self._known = frozenset(columns)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stream = stack.enter_context(output(self._path))
            if self._compression:
                stream = stack.enter_context(_closing(stream, self._compression))
            self._stream = stream
            self._sink = stack.enter_context(_finished(self._format.sink(stream, self.columns)))
            self._stack = stack.pop_all()
        return self

    def write(self, values: Mapping[str, Any]) -> None:
        """Write a row; a column that ``values`` lacks stays empty.

        Raises:
            DataError: ``values`` has a key that is not a column.
        """
        if not self._known.issuperset(values):
            extra = listed([str(key) for key in values if key not in self._known])
            raise DataError(f"{self.name}: no such column: {extra}; columns: {listed(self.columns)}")
        try:
            self._sink.write(values)
        except OSError as error:
            raise _named(error, self.name) from error

    def flush(self) -> None:
        """Let readers of a pipe have what was written, as far as the format and its compression allow."""
        try:
            self._stream.flush()
        except OSError as error:
            raise _named(error, self.name) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._stack.__exit__(kind, error, trace)
        except OSError as problem:
            raise _named(problem, self.name) from problem


def open_writer(path: str | Path, columns: Sequence[str], *, format: str | None = None) -> RowWriter:  # noqa: A002
    """A writer of rows with these columns.

    Args:
        path: the file; its suffix sets the format and the compression (``.gz``, ``.zst``); ``-`` is standard output.
        columns: their names, in order.
        format: csv, tsv, jsonl, parquet or arrow; None: by the suffix; CSV for standard output.

    Raises:
        ConfigError: it would stand inside a model folder.
        DataError: the suffix is unknown, a column appears twice, or the folder cannot be written to.
        MissingExtraError: the format needs pyarrow, which is not installed.
    """
    name = str(path)
    suffix, compression = split_suffixes(name)
    if format is None:
        format = "csv" if name == STANDARD_STREAM else format_of(suffix, name, to_write=True)  # noqa: A001
    if compression == ZIP:
        raise DataError(f"{name}: zip archives are read and not written; compress with .gz or .zst")
    check_output(name)
    return RowWriter(name, check_columns(columns, name), formats.get(format)(), compression)


def _named(error: OSError, name: str) -> OSError:
    """The same error with the name the user gave; an ``OSError`` picks its own subclass by its number."""
    return error if error.errno is None else OSError(error.errno, error.strerror or "cannot be written", name)


@contextmanager
def output(path: str) -> Iterator[IO[bytes]]:
    """A file to write to, which replaces ``path`` on success; a device, a pipe or ``-`` is written to directly.

    Raises:
        ConfigError: it would stand inside a model folder.
        DataError: the path is a folder, or its folder cannot be written to.
        OSError: the disk is full; it names ``path``.
    """
    if path == STANDARD_STREAM:
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if Path(path).is_dir():
        raise DataError(f"{path}: is a folder; name a file in it")
    if Path(path).exists() and not Path(path).is_file():  # a device or a pipe is never replaced
        with Path(path).open("wb") as stream:
            yield stream
        return
    with _whole(path) as stream:
        yield stream


@contextmanager
def _whole(path: str) -> Iterator[IO[bytes]]:
    """A file that replaces ``path`` on success."""
    with whole_file(path) as part:
        try:
            stream = part.open("xb", buffering=CHUNK)
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            raise DataError(no_place(path, error)) from error
        with stream:
            yield stream


@contextmanager
def _closing(stream: IO[bytes], compression: str) -> Iterator[IO[bytes]]:
    compressor = compressed(stream, compression)
    try:
        yield compressor
    except BaseException:
        with suppress(OSError):
            compressor.close()
        raise
    compressor.close()


@contextmanager
def _finished(sink: Sink) -> Iterator[Sink]:
    try:
        yield sink
        sink.close()
    except BaseException:
        with suppress(OSError, ValueError):
            sink.abort()
        raise
