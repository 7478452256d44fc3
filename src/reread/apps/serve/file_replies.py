"""How the rows of a file come back: as CSV for people and their spreadsheets, or as lines of JSON for programs."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from starlette.requests import Request

from reread.apps.serve.ndjson import NDJSON
from reread.apps.serve.spreadsheets import csv_of
from reread.apps.serve.uploads import CSV
from reread.data.formats.json_lines import JsonLinesSink
from reread.typing import override


class FileReply(ABC):
    """A form in which rows come back.

    Args:
        columns: of the file, and of the answers.
    """

    media_type: str
    file_name: str

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = tuple(columns)

    @abstractmethod
    def head(self) -> bytes:
        """What comes before the first row."""

    @abstractmethod
    def rows(self, records: Iterable[Sequence[Any]]) -> bytes:
        """Rows, a value for each column."""


class CsvReply(FileReply):
    """CSV in which no cell is taken for a formula."""

    media_type = f"{CSV}; charset=utf-8; header=present"
    file_name = "answers.csv"

    @override
    def head(self) -> bytes:
        return csv_of([self.columns])

    @override
    def rows(self, records: Iterable[Sequence[Any]]) -> bytes:
        return csv_of(records)


class LinesReply(FileReply):
    """An object of JSON a row, as `reread predict` writes it."""

    media_type = NDJSON
    file_name = "answers.jsonl"

    @override
    def head(self) -> bytes:
        return b""

    @override
    def rows(self, records: Iterable[Sequence[Any]]) -> bytes:
        written = io.BytesIO()
        sink = JsonLinesSink(written, self.columns)
        for record in records:
            sink.write(dict(zip(self.columns, record, strict=True)))
        return written.getvalue()


def reply_for(request: Request) -> type[FileReply]:
    """Lines of JSON for who accepts them by the header Accept, else CSV."""
    accepted = [each.partition(";")[0].strip().lower() for each in request.headers.get("accept", "").split(",")]
    return LinesReply if NDJSON in accepted else CsvReply
