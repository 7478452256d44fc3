"""JSON Lines: one object per line; or one array of objects."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import IO, Any, ClassVar

from reread.data.formats import Format, Sink, formats
from reread.data.formats.json_array import array_values, is_array
from reread.data.rows import Row
from reread.data.source import Source
from reread.data.text_stream import open_text
from reread.data.values import HALF_PAIR
from reread.errors import DataError
from reread.typing import override

MOST_COLUMNS = 1 << 16
"""Different keys of a file."""


@formats.register("jsonl")
class JsonLines(Format):
    """One JSON object per line, blank lines are skipped; or one array of objects, which are counted instead of lines.

    The columns are all keys that occur in the file.
    """

    suffixes: ClassVar = (".jsonl", ".ndjson", ".json")

    @override
    def columns(self, source: Source, encoding: str | None) -> tuple[str, ...]:
        with open_text(source, encoding) as text:
            if is_array(text):
                self.unit = "object"
        seen: dict[str, None] = {}
        first: str | None = None
        for row in self.rows(source, encoding, ()):
            first = first or f", {self.unit} {row.line}: {row.problem or 'the object has no key'}"
            seen.update(row.values)
            if len(seen) > MOST_COLUMNS:
                raise DataError(f"{source.name}: has more than {MOST_COLUMNS:,} different keys; that is no table")
        if not seen:
            raise DataError(
                f"{source.name}{first or ': it is empty'}; expected one JSON object per line, or one array of them"
            )
        return tuple(seen)

    @override
    def rows(self, source: Source, encoding: str | None, columns: tuple[str, ...]) -> Iterator[Row]:
        with open_text(source, encoding) as text:
            if self.unit == "object":
                for number, item in enumerate(array_values(text, source.name), start=1):
                    yield read_line(item, number, columns)
                return
            for number, line in enumerate(text, start=1):
                if not line.isspace():
                    yield read_line(line, number, columns)

    @override
    def sink(self, stream: IO[bytes], columns: tuple[str, ...]) -> Sink:
        return JsonLinesSink(stream, columns)


class _TwiceError(ValueError):
    """An object that has a key twice."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise _TwiceError
    return values


_DECODER = json.JSONDecoder(object_pairs_hook=_unique)


def read_line(line: str, number: int = 1, columns: tuple[str, ...] = ()) -> Row:
    """One line as a row."""
    raw = line.rstrip("\r\n")
    try:
        values = _DECODER.decode(raw)
        if "\\ud" in raw or "\\uD" in raw:
            json.dumps(values, ensure_ascii=False).encode()
    except _TwiceError:
        return Row(number, {}, "has a key twice", raw)
    except UnicodeEncodeError:
        return Row(number, {}, HALF_PAIR, raw)
    except json.JSONDecodeError as error:
        return Row(number, {}, f"is no JSON: {error.msg.removesuffix(' at')} at character {error.pos + 1}", raw)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, a thousand brackets
        return Row(number, {}, f"is no JSON that can be read: {str(error).partition(';')[0]}", raw)
    if not isinstance(values, dict):
        return Row(number, {}, f"is JSON but no object: {raw[:40]}", raw)
    if len(values) < len(columns):
        values = {column: values.get(column) for column in columns}
    return Row(number, values)


class JsonLinesSink(Sink):
    """Writes one object per row, with every column; a number that is not finite becomes null."""

    def __init__(self, stream: IO[bytes], columns: tuple[str, ...]) -> None:
        self._stream = stream
        self._columns = columns

    @override
    def write(self, values: Mapping[str, Any]) -> None:
        row = {column: values.get(column) for column in self._columns}
        try:
            line = json.dumps(row, ensure_ascii=False, default=_plain, allow_nan=False).encode()
        except ValueError:  # not finite, or half of a surrogate pair
            line = json.dumps(_finite(row), default=_plain).encode()
        self._stream.write(line + b"\n")

    @override
    def close(self) -> None:
        pass


def _plain(value: Any) -> Any:
    """NumPy numbers and arrays as Python's, anything else (dates, decimals) as text."""
    return value.tolist() if hasattr(value, "tolist") else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if hasattr(value, "tolist"):
        return _finite(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
