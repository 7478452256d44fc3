"""What the columnar formats share: pyarrow batches in, pyarrow batches out. pyarrow is imported when first needed."""

from __future__ import annotations

import importlib
import json
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, ClassVar

from reread.data.formats import Format, Sink, check_columns
from reread.data.rows import Row
from reread.data.source import Source
from reread.errors import DataError, MissingExtraError
from reread.typing import override

BATCH = 1 << 14
"""Rows in a batch; fewer if they are wide."""

_VALUES = 1 << 22
"""Values collected before a batch is written."""

_CHARACTERS = 1 << 26
"""Characters collected before a batch is written."""


def need(module: str) -> Any:
    """Import a module of pyarrow.

    Raises:
        MissingExtraError: pyarrow is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading and writing Parquet and Arrow", "parquet") from error


class TableFormat(Format):
    """A binary, columnar format; ``Row.line`` counts rows from 1."""

    is_text: ClassVar[bool] = False
    unit = "row"
    shown: ClassVar[str]
    """The format's name in messages."""

    @abstractmethod
    def schema(self, stream: BinaryIO) -> Any:
        """The pyarrow schema."""

    @abstractmethod
    def batches(self, stream: BinaryIO) -> Iterator[Any]:
        """The pyarrow record batches."""

    @override
    def columns(self, source: Source, encoding: str | None) -> tuple[str, ...]:
        with self._opened(source) as stream:
            names = self.schema(stream).names
        if not names:
            raise DataError(f"{source.name}: has no columns")
        return check_columns(names, source.name)

    @override
    def rows(self, source: Source, encoding: str | None, columns: tuple[str, ...]) -> Iterator[Row]:
        number = 0
        with self._opened(source) as stream:
            for whole in self.batches(stream):
                for start in range(0, whole.num_rows, BATCH):
                    for values in zip(*map(_values, whole.slice(start, BATCH).columns), strict=True):
                        number += 1
                        yield Row(number, dict(zip(columns, values, strict=True)))

    @contextmanager
    def _opened(self, source: Source) -> Iterator[BinaryIO]:
        arrow = need("pyarrow")
        if not source.peek(1):
            raise DataError(f"{source.name}: the file is empty; expected {self.shown}")
        with source.open_seekable() as stream:
            try:
                yield stream
            except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
                reason = str(error).partition("\n")[0].rstrip(". ")
                raise DataError(f"{source.name}: cannot be read as {self.shown} ({reason}); is it damaged?") from error


def _values(column: Any) -> list[Any]:
    types = need("pyarrow").types
    if types.is_timestamp(column.type) and column.type.unit == "ns":  # Python's dates stop at microseconds
        column = column.cast(need("pyarrow").timestamp("us", column.type.tz), safe=False)
    try:
        values: list[Any] = column.to_pylist()
    except OverflowError:  # Python's dates end with the year 9999, and its spans of time after as many days
        values = column.cast("string").to_pylist()
    return values


class TableSink(Sink):
    """Writes batches; a column's type is that of its first rows, text if these are empty or mixed."""

    def __init__(self, columns: tuple[str, ...], open_writer: Callable[[Any], Any]) -> None:
        self._arrow = need("pyarrow")
        self._open_writer = open_writer
        self._pending: dict[str, list[Any]] = {column: [] for column in columns}
        self._characters = 0
        self._rows = 0
        self._most = max(1, min(BATCH, _VALUES // len(columns)))
        self._schema: Any = None
        self._writer: Any = None

    @override
    def write(self, values: Mapping[str, Any]) -> None:
        for column, pending in self._pending.items():
            value = values.get(column)
            pending.append(value)
            if isinstance(value, str):
                self._characters += len(value)
        self._rows += 1
        if self._rows >= self._most or self._characters >= _CHARACTERS:
            self._flush()

    @override
    def close(self) -> None:
        if self._rows or self._writer is None:
            self._flush()
        self._writer.close()

    @override
    def abort(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def _flush(self) -> None:
        if self._schema is None:
            arrays = [self._first_array(values) for values in self._pending.values()]
            self._schema = self._arrow.schema(zip(self._pending, (array.type for array in arrays), strict=True))
            self._writer = self._open_writer(self._schema)
        else:
            arrays = [self._array(column, values) for column, values in self._pending.items()]
        self._writer.write_batch(self._arrow.record_batch(arrays, schema=self._schema))
        self._rows = self._characters = 0
        for values in self._pending.values():
            values.clear()

    def _first_array(self, values: list[Any]) -> Any:
        try:
            array = self._arrow.array(values)
        except (ValueError, TypeError, ArithmeticError):  # pyarrow's errors are these: mixed types, too large a number
            return self._text_array(values)
        return self._text_array(values) if self._arrow.types.is_null(array.type) else array

    def _array(self, column: str, values: list[Any]) -> Any:
        kind = self._schema.field(column).type
        if kind == self._arrow.string():
            return self._text_array(values)
        try:
            return self._arrow.array(values, type=kind)
        except (ValueError, TypeError, ArithmeticError) as error:
            reason = str(error).partition("\n")[0]
            raise DataError(
                f'column "{column}" holds values that are not {kind}, unlike its first ones ({reason}); '
                "write csv or jsonl"
            ) from error

    def _text_array(self, values: list[Any]) -> Any:
        return self._arrow.array(
            [None if value is None else _text(value) for value in values], type=self._arrow.string()
        )


def _text(value: Any) -> str:
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value).encode("utf-8", "backslashreplace").decode()
