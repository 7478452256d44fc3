"""Texts without targets, from files of any format and any size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from reread.data.bad_rows import REMEDY, BadRows
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.examples import equal_to
from reread.data.read import Rows, open_rows
from reread.errors import DataError
from reread.wording import number_of


class TextFiles:
    """The texts of several files, which can be read many times. Rows without a text are skipped.

    Args:
        paths: the files; they are opened, and their columns looked up, at once.
        text: the column with the texts, if a file has columns; None: the one with a usual name.
        where: (column, value) pairs that must hold for a row to be read.
        file_format: of all files; None: as each one is named.
        encoding: of all files; None: as the bytes show.
        separator: of CSV files, between two fields; None: as their headers show.
        strict: whether every file that has columns must have ``text``, or may have another one with a usual name.
        on_bad_rows: "stop" with an error that names the option, or "set-aside": pass over rows that cannot be read;
            None: stop, there is no such option.

    Attributes:
        texts: how many the last reading gave.
        empty: how many rows without a text it skipped.
        bad: the rows that it could not read.

    Raises:
        DataError: a file that cannot be read, or has no such column.
    """

    def __init__(
        self,
        paths: Sequence[str],
        *,
        text: str | None = None,
        where: Sequence[tuple[str, str]] = (),
        file_format: str | None = None,
        encoding: str | None = None,
        separator: str | None = None,
        strict: bool = True,
        on_bad_rows: Literal["stop", "set-aside"] | None = None,
    ) -> None:
        self._files = [open_rows(path, format=file_format, encoding=encoding, separator=separator) for path in paths]
        self._condition = ", ".join(f"{column}={value}" for column, value in where)
        self._where = [(column, equal_to(value)) for column, value in where]
        self._columns = [self._text_column(rows, text, strict=strict) for rows in self._files]
        self._passes_over = on_bad_rows == "set-aside"
        self._remedy = REMEDY if on_bad_rows else ""
        self.texts = self.empty = 0
        self.bad = BadRows()

    def __iter__(self) -> Iterator[str]:
        return (text for text, _, _ in self.rows())

    def rows(self) -> Iterator[tuple[str, Mapping[str, Any], str]]:
        """Each text with the values of its row and its place.

        Raises:
            DataError: rows that cannot be read, unless they are passed over; after the first one, the others are
                looked for, and no text is given.
        """
        self.texts = self.empty = 0
        self.bad = bad = BadRows()
        for rows, column in zip(self._files, self._columns, strict=True):
            for row in rows:
                if row.problem is not None:
                    bad.add(rows, row, row.problem)
                elif (self._passes_over or not bad) and all(equals(row.values[name]) for name, equals in self._where):
                    text = row.values[column]
                    if not isinstance(text, str) or not text.strip():
                        self.empty += 1
                    else:
                        self.texts += 1
                        yield text, row.values, rows.place(row.line)
        if bad and not self._passes_over:
            raise bad.error(self._remedy)

    def columns(self) -> dict[str, str]:
        """The column with the texts of each file that has columns."""
        pairs = zip(self._files, self._columns, strict=True)
        return {rows.name: column for rows, column in pairs if rows.format != "txt"}

    def check_not_empty(self) -> None:
        """Refuse files that gave no text in the last reading.

        Raises:
            DataError: there was no text.
        """
        if not self.texts:
            names = ", ".join(rows.name for rows in self._files)
            reason = (
                f"{number_of(self.empty, 'row')}, none with a text" if self.empty else f"no row has {self._condition}"
            )
            raise DataError(f"{names}: {reason}")

    def _text_column(self, rows: Rows, text: str | None, *, strict: bool) -> str:
        named, trained = (text, None) if rows.format != "txt" and strict else (None, text)
        try:
            for column, _ in self._where:
                choose_column(rows.columns, column, (), "where")
            return choose_column(rows.columns, named, TEXT_COLUMNS, "text", trained=trained, namable=strict)
        except DataError as error:
            raise DataError(f"{rows.name}: {error}") from error
