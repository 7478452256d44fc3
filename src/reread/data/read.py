"""The rows of a file, in order; they can be read repeatedly."""

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

SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")


class Rows:
    """The rows of one file: can be iterated repeatedly, in bounded memory.

    Attributes:
        name: the file as the user named it.
        format: the registered name of its format.
        encoding: the codec of its text; None for a binary format.
        columns: the names of its columns.
        empty: whether it has columns only.
    """

    def __init__(self, source: Source, format_name: str, encoding: str | None = None) -> None:
        self._source = source
        self._format: Format = formats.get(format_name)()
        self.name = source.name
        self.format = format_name
        self.encoding = find_encoding(source, encoding) if self._format.is_text else None
        self.columns = self._format.columns(source, self.encoding)
        self.empty = next(iter(self), None) is None

    def __iter__(self) -> Iterator[Row]:
        return self._format.rows(self._source, self.encoding, self.columns)

    def check_not_empty(self) -> None:
        """Refuse a file without rows.

        Raises:
            DataError: it has columns only.
        """
        if self.empty:
            raise DataError(f"{self.name}: holds no rows; as {self.format} it has only columns: {listed(self.columns)}")

    def place(self, line: int) -> str:
        """The place of a row, for messages: ``data.csv, line 7``."""
        return f"{self.name}, {self._format.unit} {line}"


def open_rows(
    path: str | Path,
    *,
    format: str | None = None,  # noqa: A002
    encoding: str | None = None,
    may_be_empty: bool = False,
) -> Rows:
    """Open a file of rows.

    Args:
        path: the file, compressed (``.gz``, ``.zst``) or not; ``-`` is standard input.
        format: csv, tsv, jsonl, txt, parquet or arrow; None: by the suffix, or by the bytes of standard input.
        encoding: the name of a codec; None: detected from the bytes.
        may_be_empty: whether it may have columns and no rows.

    Raises:
        DataError: the file cannot be read, has no columns or no rows, or has a column twice.
        ConfigError: there is no such format.
        MissingExtraError: the format needs pyarrow, which is not installed.
    """
    if format is not None:
        formats.get(format)  # refuse an unknown format before reading
    source = Source(path)
    if format is None and source.suffix in SPREADSHEETS:
        raise DataError(f"{source.name}: spreadsheets are not read; save the sheet as CSV, and name that file")
    if format is None:
        format = _sniffed(source) if source.is_standard_input else format_of(source.suffix, source.name)  # noqa: A001
    rows = Rows(source, format, encoding)
    if not may_be_empty:
        rows.check_not_empty()
    return rows


def format_of(suffix: str, name: str, what: str = "format") -> str:
    """The registered format that has this suffix.

    Raises:
        DataError: no format has this suffix; the message has ``name``, ``what`` and the known suffixes.
    """
    for known in formats:
        if suffix in formats.get(known).suffixes:
            return known
    suffixes = " ".join(end for known in formats for end in formats.get(known).suffixes)
    problem = f'the suffix "{suffix}" is unknown' if suffix else "the name has no suffix"
    raise DataError(f"{name}: {problem}; pass {what} ({', '.join(formats)}) or name it {suffixes}")


def _sniffed(source: Source) -> str:
    """The format of bytes without a file name; text is CSV unless its first line shows otherwise."""
    start = source.peek(1 << 16)
    magic = {b"PAR1": "parquet", b"ARROW1": "arrow"}
    file_format = next((name for mark, name in magic.items() if start.startswith(mark)), None)
    if file_format is None:
        line = start.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \r\n").partition(b"\n")[0]
        tabs = b"\t" in line and b"," not in line
        file_format = "jsonl" if line.startswith(b"{") else "tsv" if tabs else "csv"
    _LOGGER.info("%s: read as %s", source.name, file_format)
    return file_format
