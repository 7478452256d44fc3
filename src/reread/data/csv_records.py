"""Records of a CSV or TSV text, each with the line it starts at, even if the quoting is broken."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import TextIO, TypeAlias

from reread.data.rows import NUL
from reread.typing import override

Record: TypeAlias = tuple[int, list[str], str | None]
"""First line, fields, problem; with a problem there is one field: the whole line."""

_FIELD_LIMIT = 1 << 28
"""Characters in a field beyond which its quote counts as never closed."""

_PROBLEMS = {
    "unexpected end": "a quote opens here that is never closed",
    "field larger": f"a field is longer than {_FIELD_LIMIT} characters; is a quote never closed?",
    "new-line": "holds a carriage return outside quotes",
    "expected after": 'a quote closes before its field ends; write " inside quotes as ""',
}


class RecordReader:
    """Iterates over the records of a text; a blank line is a record without fields.

    A record with broken quoting costs only its first line: reading goes on with the line after it.
    """

    def __init__(self, text: TextIO, delimiter: str) -> None:
        self._text = text
        self._delimiter = delimiter
        self._again: deque[str] = deque()
        self._record: list[str] = []
        self._line = 1

    def __iter__(self) -> Iterator[Record]:
        csv.field_size_limit(max(csv.field_size_limit(), _FIELD_LIMIT))  # the whole process's: only ever raised
        while True:
            reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
            try:
                for fields in reader:
                    yield self._whole(fields)
            except csv.Error as error:
                yield self._broken(str(error))
            else:
                if not self._again:
                    return

    def _lines(self) -> Iterator[str]:
        """The lines of the text, those to be read again first; remembers them until their record is done."""
        record, again = self._record, self._again
        while True:
            while again:
                record.append(line := again.popleft())
                yield line
            for line in self._text:
                record.append(line)
                yield line
                if again:
                    break
            else:
                return

    def _whole(self, fields: list[str]) -> Record:
        line, record = self._line, self._record
        self._line += len(record)
        nul = any("\0" in part for part in record) if len(record) > 1 else "\0" in record[0]
        record.clear()
        return line, fields, NUL if nul else None

    def _broken(self, error: str) -> Record:
        problem = next((words for start, words in _PROBLEMS.items() if start in error), error)
        line, fields = self._first_alone()
        return line, fields, problem

    def _first_alone(self) -> tuple[int, list[str]]:
        """Make the first line of the record a separate record; the others are read again."""
        line, first = self._line, self._record[0].rstrip("\r\n")
        self._again.extendleft(reversed(self._record[1:]))
        self._record.clear()
        self._line += 1
        return line, [first]


class LiteralRecordReader(RecordReader):
    """Reads quotes as most programs that write TSV mean them: as themselves, where they do not make a sound record.

    A record over several lines, each of which has all fields, is that many records.
    """

    def __init__(self, text: TextIO, delimiter: str) -> None:
        super().__init__(text, delimiter)
        self._width = 0

    @override
    def _whole(self, fields: list[str]) -> Record:
        self._width = self._width or len(fields)
        if len(self._record) > 1 and self._width > 1 and all(map(self._fits, self._record)):
            return self._split_first()
        return super()._whole(fields)

    @override
    def _broken(self, error: str) -> Record:
        return self._split_first() if self._fits(self._record[0]) else super()._broken(error)

    def _split_first(self) -> Record:
        line, (first,) = self._first_alone()
        return line, first.split(self._delimiter), NUL if "\0" in first else None

    def _fits(self, line: str) -> bool:
        return line.count(self._delimiter) + 1 == self._width
