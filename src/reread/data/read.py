"""The rows of a file, in order; they can be read repeatedly."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from reread.data.columns import listed
from reread.data.encodings import find_encoding
from reread.data.formats import Format, formats
from reread.data.rows import Row
from reread.data.source import Source
from reread.errors import DataError

__all__ = ["Row", "Rows", "format_of", "open_rows"]

_LOGGER = logging.getLogger(__name__)

SPREADSHEETS = (".xls", ".xlsb", ".ods", ".numbers")


class Rows:
    """The rows of one file: can be iterated repeatedly, in bounded memory; those of a slow source once.

    What a slow source is, is decided by its start: its encoding (later rows that are not in it have a problem) and its
    columns (others that come later are left out).

    Attributes:
        name: the file as the user named it.
        format: the registered name of its format.
        encoding: the codec of its text; None for a binary format.
        columns: the names of its columns.
        empty: whether it has columns only.
    """

    def __init__(
        self, source: Source, format_name: str, encoding: str | None = None, separator: str | None = None
    ) -> None:
        self._source = source
        self._format: Format = formats.get(format_name)()
        if separator is not None:
            self._format.separate_by(separator)
        self.name = source.name
        self.format = format_name
        start = source.start(self._format.head + 1) if self._format.is_text else source
        self.encoding = find_encoding(start, encoding) if self._format.is_text else None
        self.columns = self._format.columns(start, self.encoding)
        self._unknown_columns = False
        self.empty = next(iter(self), None) is None

    def __iter__(self) -> Iterator[Row]:
        rows = self._format.rows(self._source, self.encoding, self.columns)
        return map(self._fitted, rows) if self._source.is_slow else rows

    @contextmanager
    def before_waiting(self, do: Callable[[], None]) -> Iterator[None]:
        """Within it ``do`` is called while rows are iterated, before the next row of a slow source is waited for."""
        with self._source.before_waiting(do):
            yield

    def check_not_empty(self) -> None:
        """Refuse a file without rows.

        Raises:
            DataError: it has columns only.
        """
        if self.empty:
            raise DataError(f"{self.name}: holds no rows; as {self.format} it has only columns: {listed(self.columns)}")

    def _fitted(self, row: Row) -> Row:
        """A row of a slow source, of which only the start is known to be in the encoding and the columns."""
        if not all(_is_whole(each) for each in row.values.values()):
            row = row._replace(problem=f"is not {str(self.encoding).upper()}")
        if unknown := [name for name in row.values if name not in self.columns]:
            if not self._unknown_columns:
                _LOGGER.warning(
                    "%s: has %s, which no line had at the start; it is left out", self.place(row.line), listed(unknown)
                )
            self._unknown_columns = True
            row = row._replace(values={name: row.values[name] for name in self.columns if name in row.values})
        return row

    def place(self, line: int) -> str:
        """The place of a row, for messages: ``data.csv, line 7``."""
        return f"{self.name}, {self._format.unit} {line}"


def open_rows(
    path: str | Path,
    *,
    format: str | None = None,  # noqa: A002
    encoding: str | None = None,
    separator: str | None = None,
    may_be_empty: bool = False,
    may_be_slow: bool = False,
) -> Rows:
    """Open a file of rows.

    Args:
        path: the file, compressed (``.gz``, ``.zst``, or alone in a ``.zip``) or not; ``-`` is standard input.
        format: csv, tsv, jsonl, txt, parquet, arrow or xlsx; None: by the suffix, or by the bytes of standard input.
        encoding: the name of a codec; None: detected from the bytes.
        separator: the character between two fields of CSV or TSV; None: the format's, or what the header shows.
        may_be_empty: whether it may have columns and no rows.
        may_be_slow: whether the rows of standard input may be given before it has ended, see `Rows`.

    Raises:
        DataError: the file cannot be read, has no columns or no rows, or has a column twice.
        ConfigError: there is no such format, or no field can end with this separator.
        MissingExtraError: the format needs a library, which is not installed.
    """
    if format is not None:
        formats.get(format)  # refuse an unknown format before reading
    source = Source(path, may_be_slow=may_be_slow)
    if format is None and source.suffix in SPREADSHEETS:
        raise DataError(f"{source.name}: of spreadsheets only .xlsx is read; save it as that, or as CSV")
    if format is None:
        format = _sniffed(source) if source.is_standard_input else format_of(source.suffix, source.name)  # noqa: A001
    rows = Rows(source, format, encoding, separator)
    if not may_be_empty:
        rows.check_not_empty()
    return rows


def _is_whole(value: Any) -> bool:
    """Whether it is no text with bytes in it that could not be decoded."""
    return not isinstance(value, str) or value.isascii() or not any("\udc80" <= each <= "\udcff" for each in value)


def format_of(suffix: str, name: str, *, to_write: bool = False) -> str:
    """The registered format that has this suffix.

    Raises:
        DataError: no format has this suffix; the message has ``name`` and the suffixes to choose from.
    """
    for known in formats:
        if suffix in formats.get(known).suffixes:
            return known
    possible = [known for known in formats if formats.get(known).is_written or not to_write]
    suffixes = " ".join(end for known in possible for end in formats.get(known).suffixes)
    problem = f'the suffix "{suffix}" is unknown' if suffix else "the name has no suffix"
    what = "output format" if to_write else "format"
    raise DataError(f"{name}: {problem}; pass {what} ({', '.join(possible)}) or name it {suffixes}")


def _sniffed(source: Source) -> str:
    """The format of bytes without a file name; text is CSV unless its first line shows otherwise."""
    start = source.start(1).peek(1 << 16)
    magic = {b"PAR1": "parquet", b"ARROW1": "arrow", b"PK": "xlsx"}
    file_format = next((name for mark, name in magic.items() if start.startswith(mark)), None)
    if file_format is None:
        line = start.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \r\n").partition(b"\n")[0]
        tabs = b"\t" in line and b"," not in line
        file_format = "jsonl" if line.startswith((b"{", b"[")) else "tsv" if tabs else "csv"
    _LOGGER.info("%s: read as %s", source.name, file_format)
    return file_format
