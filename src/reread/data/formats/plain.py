"""Plain text: one text per line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, ClassVar

from reread.data.formats import Format, Sink, formats
from reread.data.rows import NUL, Row
from reread.data.source import Source
from reread.data.text_stream import open_text
from reread.errors import DataError
from reread.typing import override


@formats.register("txt")
class PlainText(Format):
    """One text per line, in the column ``text``."""

    suffixes: ClassVar = (".txt", ".text")
    is_written: ClassVar = False

    @override
    def columns(self, source: Source, encoding: str | None) -> tuple[str, ...]:
        return ("text",)

    @override
    def rows(self, source: Source, encoding: str | None, columns: tuple[str, ...]) -> Iterator[Row]:
        with open_text(source, encoding) as text:
            for number, line in enumerate(text, start=1):
                value = line.rstrip("\r\n")
                yield Row(number, {"text": value}, NUL if "\0" in value else None)

    @override
    def sink(self, stream: IO[bytes], columns: tuple[str, ...]) -> Sink:
        raise DataError("plain text cannot hold columns; write csv, tsv, jsonl, parquet or arrow")
