"""CSV and TSV: a header line, then one record per row, fields quoted if necessary."""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Iterator, Mapping
from typing import IO, Any, ClassVar

from reread.data.csv_records import LiteralRecordReader, RecordReader
from reread.data.formats import Format, Sink, check_columns, formats
from reread.data.rows import NUL, Row
from reread.data.source import Source
from reread.data.text_stream import open_text
from reread.errors import ConfigError, DataError
from reread.typing import override

_LOGGER = logging.getLogger(__name__)


@formats.register("csv")
class CommaSeparated(Format):
    """Comma-separated values (RFC 4180); a header of one column with ``;``, tabs or ``|`` in it names its delimiter."""

    suffixes: ClassVar[tuple[str, ...]] = (".csv",)
    head: ClassVar[int] = 1
    delimiter: str = ","
    other_delimiters: str = ";\t|"
    reader: type[RecordReader] = RecordReader

    @override
    def separate_by(self, separator: str) -> None:
        if len(separator) != 1 or separator in '"\r\n\0':
            raise ConfigError(f"separator {separator!r}: expected one character, such as ; or | or a tab")
        self.delimiter, self.other_delimiters = separator, ""

    @override
    def columns(self, source: Source, encoding: str | None) -> tuple[str, ...]:
        line, header = self._header(source, encoding)
        other = next((mark for mark in self.other_delimiters if len(header) == 1 and mark in header[0]), None)
        if other is not None:
            _LOGGER.warning("%s: read as separated by %r", source.name, other)
            self.delimiter = other
            line, header = self._header(source, encoding)
        return check_columns(header, f"{source.name}, line {line}")

    @override
    def rows(self, source: Source, encoding: str | None, columns: tuple[str, ...]) -> Iterator[Row]:
        width = len(columns)
        blanks: list[Row] = []
        with open_text(source, encoding) as text:
            records = iter(self.reader(text, self.delimiter))
            next(fields for _, fields, _ in records if fields)  # the header
            for line, fields, problem in records:
                if not fields:
                    # Blank lines are rows where the text is the only column, but not at the end of the file.
                    blanks += [Row(line, {columns[0]: ""})] if width == 1 else []
                    continue
                if blanks:
                    yield from blanks
                    blanks.clear()
                values = dict(zip(columns, fields, strict=False))
                if problem is not None:
                    yield Row(line, {} if len(fields) < width else values, problem, fields)
                elif len(fields) == width:
                    yield Row(line, values)
                else:
                    yield Row(line, values, _wrong_count(len(fields), width), fields)

    def _header(self, source: Source, encoding: str | None) -> tuple[int, list[str]]:
        with open_text(source, encoding) as text:
            for line, fields, problem in self.reader(text, self.delimiter):
                if problem is not None:
                    raise DataError(f"{source.name}, line {line}: the header cannot be read: {problem}")
                if fields:
                    return line, fields
        raise DataError(f"{source.name}: the file is empty; expected a header line and rows")

    @override
    def sink(self, stream: IO[bytes], columns: tuple[str, ...]) -> Sink:
        return DelimitedSink(stream, columns, self.delimiter)


@formats.register("tsv")
class TabSeparated(CommaSeparated):
    """Tab-separated values, quoted like CSV; if that fails in a file, quotes may be literal there.

    A header of one column with ``,``, ``;`` or ``|`` in it names its delimiter.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".tsv", ".tab")
    delimiter: str = "\t"
    other_delimiters: str = ",;|"

    @override
    def columns(self, source: Source, encoding: str | None) -> tuple[str, ...]:
        columns = super().columns(source, encoding)
        if self.delimiter != type(self).delimiter:
            return columns
        with open_text(source, encoding) as text:
            broken = next(
                (line for line, _, problem in RecordReader(text, self.delimiter) if problem not in (None, NUL)), None
            )
        if broken is not None:
            _LOGGER.warning(
                "%s, line %d: its quotes are unbalanced; such lines are read as they are", source.name, broken
            )
            self.reader = LiteralRecordReader
            return super().columns(source, encoding)
        return columns


def _wrong_count(count: int, wanted: int) -> str:
    return f"has {count} {'column' if count == 1 else 'columns'} where the header has {wanted}"


class DelimitedSink(Sink):
    """Writes a header, then records; None is an empty field, a list or a dict is JSON."""

    def __init__(self, stream: IO[bytes], columns: tuple[str, ...], delimiter: str) -> None:
        # csv quotes a field that holds a carriage return only where that is part of the line's end (before 3.13).
        self._writer = csv.writer(_LineFeeds(stream), delimiter=delimiter, lineterminator="\r\n")
        self._columns = columns
        self._writer.writerow(columns)

    @override
    def write(self, values: Mapping[str, Any]) -> None:
        self._writer.writerow([_field(values.get(column)) for column in self._columns])

    @override
    def close(self) -> None:
        pass


class _LineFeeds:
    """What ``csv.writer`` writes to: ends records with a line feed only."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, record: str) -> None:
        self._stream.write(record[:-2].encode("utf-8", "backslashreplace") + b"\n")


def _field(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | tuple | dict) else value
