"""Rows of a file, one after the other, as often as asked."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from reread.data.columns import listed
from reread.data.encodings import find_encoding
from reread.data.formats import Format, formats
from reread.data.rows import Row
from reread.data.source import Source
from reread.errors import DataError

__all__ = ["Row", "Rows", "format_of", "open_rows"]

_LOGGER = logging.getLogger(__name__)


class Rows:
    """The rows of one file: iterate as often as you like, in bounded memory.

    Attributes:
        name: the file as the user named it.
        format: the registered name of its format.
        encoding: the codec its text is in; None for a binary format.
        columns: the names of its columns.
    """

    def __init__(self, source: Source, format_name: str, encoding: str | None = None) -> None:
        self._source = source
        self._format: Format = formats.get(format_name)()
        self.name = source.name
        self.format = format_name
        self.encoding = find_encoding(source, encoding) if self._format.is_text else None
        self.columns = self._format.columns(source, self.encoding)
        if next(iter(self), None) is None:
            raise DataError(f"{self.name}: holds no rows; as {format_name} it has only columns: {listed(self.columns)}")

    def __iter__(self) -> Iterator[Row]:
        return self._format.rows(self._source, self.encoding, self.columns)

    def place(self, line: int) -> str:
        """Where a row stands, for messages: ``data.csv, line 7``."""
        return f"{self.name}, {self._format.unit} {line}"


def open_rows(path: str | Path, *, format: str | None = None, encoding: str | None = None) -> Rows:  # noqa: A002
    """Open a file of rows.

    Args:
        path: the file, compressed (``.gz``, ``.zst``) or not; ``-`` is standard input.
        format: csv, tsv, jsonl, txt, parquet or arrow; None: what the suffix says, or the bytes of standard input.
        encoding: the name of a codec; None: what the bytes show.

    Raises:
        DataError: the file cannot be read, has no columns, a column twice, or no rows.
        ConfigError: there is no such format.
        MissingExtraError: the format needs pyarrow, which is not installed.
    """
    if format is not None:
        formats.get(format)  # an unknown one is refused before anything is read
    source = Source(path)
    if format is None:
        format = _sniffed(source) if source.is_standard_input else format_of(source.suffix, source.name)  # noqa: A001
    return Rows(source, format, encoding)


def format_of(suffix: str, name: str, what: str = "format") -> str:
    """The registered format that has this suffix.

    Raises:
        DataError: none has; the message names ``name``, ``what`` and the suffixes there are.
    """
    for known in formats:
        if suffix in formats.get(known).suffixes:
            return known
    suffixes = " ".join(end for known in formats for end in formats.get(known).suffixes)
    found = f'the suffix "{suffix}" is' if suffix else "a name without a suffix is"
    raise DataError(f"{name}: {found} no known format; say {what} ({', '.join(formats)}) or name it {suffixes}")


def _sniffed(source: Source) -> str:
    """The format of bytes that have no name; text is CSV unless its first line says otherwise."""
    start = source.peek(1 << 16)
    magic = {b"PAR1": "parquet", b"ARROW1": "arrow"}
    found = next((name for mark, name in magic.items() if start.startswith(mark)), None)
    if found is None:
        line = start.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \r\n").partition(b"\n")[0]
        tabs = b"\t" in line and b"," not in line
        found = "jsonl" if line.startswith(b"{") else "tsv" if tabs else "csv"
    _LOGGER.info("%s: reads as %s", source.name, found)
    return found
