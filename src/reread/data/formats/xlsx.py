"""Excel's sheets: the first of a workbook, whose first row names the columns."""

from __future__ import annotations

import importlib
import logging
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, ClassVar
from xml.etree.ElementTree import ParseError

from reread.data.columns import listed
from reread.data.formats import Format, Sink, check_columns, formats
from reread.data.rows import Row
from reread.data.source import Source
from reread.errors import DataError, MissingExtraError
from reread.typing import override

LARGEST = 1 << 30
"""Bytes of a workbook when it is unpacked: its texts are all kept in memory."""
_LOGGER = logging.getLogger(__name__)
_STRANGE = (
    *(LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError, OSError, EOFError),
    *(ParseError, zipfile.BadZipFile, zlib.error, struct.error),
)


@formats.register("xlsx")
class Xlsx(Format):
    """The first sheet with cells, read as CSV of it would be; empty rows are skipped.

    Of a formula the value is read that was saved with it.
    """

    suffixes: ClassVar = (".xlsx", ".xlsm")
    is_text: ClassVar = False
    is_written: ClassVar = False
    unit = "row"

    def __init__(self) -> None:
        self._sheet = ""

    @override
    def columns(self, source: Source, encoding: str | None) -> tuple[str, ...]:
        with _opened(source) as workbook:
            sheets = [sheet.title for sheet in workbook.worksheets if next(_filled(sheet), None) is not None]
            if not sheets:
                raise DataError(f"{source.name}: its sheets are empty; expected a row of column names, and rows")
            self._sheet = sheets[0]
            if len(sheets) > 1:
                _LOGGER.warning(
                    "%s: the sheet %s is read, not the others: %s", source.name, sheets[0], listed(sheets[1:])
                )
            _, header = next(_filled(workbook[self._sheet]))
        nameless = [number for number, cell in enumerate(_cut(header), 1) if cell.value is None]
        if nameless:
            raise DataError(
                f"{source.name}: column {nameless[0]} has no name in its first row; give every column a name"
            )
        return check_columns([str(cell.value) for cell in _cut(header)], source.name)

    @override
    def rows(self, source: Source, encoding: str | None, columns: tuple[str, ...]) -> Iterator[Row]:
        with _opened(source) as workbook:
            rows = _filled(workbook[self._sheet])
            next(rows)  # the header
            for number, cells in rows:
                values = {column: _text(cell.value) for column, cell in zip(columns, cells, strict=False)}
                missing = dict.fromkeys(columns)
                wrong = [str(cell.value) for cell in cells if cell.data_type == "e"]
                beyond = [cell for cell in cells[len(columns) :] if cell.value is not None]
                problem = f"holds the error {wrong[0]}" if wrong else None
                problem = "has cells beyond the last column that has a name" if beyond else problem
                yield Row(number, missing | values, problem)

    @override
    def sink(self, stream: IO[bytes], columns: tuple[str, ...]) -> Sink:
        raise DataError("spreadsheets are read and not written; write csv, tsv, jsonl, parquet or arrow")


@contextmanager
def _opened(source: Source) -> Iterator[Any]:
    try:
        openpyxl = importlib.import_module("openpyxl")
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading spreadsheets", "xlsx") from error
    with source.open_seekable() as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what else is in the workbook, such as colours
        try:
            _check_size(stream, source.name)
            workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            try:
                yield workbook
            finally:
                workbook.close()
        except DataError:
            raise
        except _STRANGE as error:
            raise DataError(f"{source.name}: cannot be read as a spreadsheet ({error}); is it damaged?") from error


def _check_size(stream: IO[bytes], name: str) -> None:
    with zipfile.ZipFile(stream) as archive:
        size = sum(each.file_size for each in archive.infolist())
    if size > LARGEST:
        raise DataError(f"{name}: has {size >> 20:,} MiB when unpacked; save the sheet as CSV instead")


def _filled(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows that have a value, with their numbers."""
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if any(cell.value is not None for cell in cells):
            yield number, cells


def _text(value: Any) -> str | None:
    """A cell as CSV would have it: whether a text is all digits is no matter of its type."""
    return None if value is None else str(value).upper() if isinstance(value, bool) else str(value)


def _cut(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    """Cells up to the last one with a value."""
    last = max(i for i, cell in enumerate(cells) if cell.value is not None)
    return cells[: last + 1]
