"""Texts with their targets, read from files."""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.data.bad_rows import BadRowHandler, bad_row_handler
from reread.data.fingerprint import Fingerprint, FingerprintBuilder
from reread.data.read import Row, Rows, open_rows
from reread.data.request import Cell, ColumnRequest, TargetRequest, cells_of, find_columns
from reread.data.soft_labels import Shares, SoftTargets, likeliest
from reread.data.split import text_keys
from reread.data.store import MEMORY, TextStore
from reread.data.values import BadValueError
from reread.errors import DataError

__all__ = ["ColumnRequest", "Examples", "ReadReport", "TargetRequest", "read_examples"]

_SHOWN_VALUES = 8


@dataclass
class ReadReport:
    """What became of the rows: ``read = kept + set_aside + filtered + undecided``.

    Attributes:
        undecided: rows of soft labels without any probability.
    """

    read: int = 0
    kept: int = 0
    set_aside: int = 0
    filtered: int = 0
    undecided: int = 0
    rejects: str | None = None


@dataclass(kw_only=True)
class Examples:
    """The kept rows, column by column, and the files they come from.

    Attributes:
        targets: a list of values for each target, by name; later times are larger numbers. Of soft labels the
            likeliest.
        shares: of soft labels, the probability of each class, a row each; None: the targets are certain.
        lines: the line (in Parquet and Arrow the row) of every kept row in its file.
        text_column: the column of the texts.
        target_columns: the column of each target, by name.
        slices: the values of the columns by which results are broken down.
        files: the files; empty if the rows were in memory.
        file_starts: the number of the first row of each file.
    """

    texts: Sequence[str]
    targets: dict[str, list[Any]]
    groups: list[Any] | None
    times: list[Any] | None
    weights: list[float] | None
    lines: Sequence[int]
    fingerprint: Fingerprint
    report: ReadReport
    text_column: str = "text"
    target_columns: dict[str, str] = field(default_factory=dict)
    shares: list[Shares] | None = None
    slices: dict[str, list[Any]] = field(default_factory=dict)
    files: list[Rows] = field(default_factory=list)
    file_starts: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def keys(self) -> NDArray[np.uint64]:
        """`text_keys` of the texts, (rows,): many ask for them, and texts on disk are read for each time."""
        return text_keys(self.texts)

    def place(self, index: int) -> str:
        """Where a kept row comes from, for messages: ``data.csv, line 7``."""
        if not self.files:
            return f"row {self.lines[index]}"
        return self.files[bisect.bisect_right(self.file_starts, index) - 1].place(self.lines[index])


def read_examples(  # four are keyword-only
    paths: str | Path | Sequence[str | Path | Rows],
    request: ColumnRequest,
    on_bad_rows: str | BadRowHandler = "stop",
    rejects: str | Path | None = None,
    *,
    format: str | None = None,  # noqa: A002
    encoding: str | None = None,
    separator: str | None = None,
    memory: int = MEMORY,
    may_be_empty: bool = False,
) -> Examples:
    """Read the rows of one or several files.

    A row is bad if it cannot be read, its text is missing or only white space, or a target, group, time or weight
    is missing or invalid. Every row is kept, set aside, or left out because it does not match ``request.where``.

    Args:
        paths: one file or several with the same columns, open ones too; ``-`` is standard input.
        request: which columns to read.
        on_bad_rows: "stop" with an error that names the bad rows, or "set-aside": write them to ``rejects`` and go on;
            or a function that takes each bad row.
        rejects: JSON Lines with the file, the line, the problem and the values of every bad row.
        format: the files' format; None: detected from their names.
        encoding: the files' encoding; None: detected from their bytes.
        separator: the character between two fields of CSV or TSV; None: found in each file.
        memory: bytes of text kept in memory; the rest goes to a temporary file.
        may_be_empty: whether it is allowed that no row is left.

    Raises:
        DataError: rows are bad (the message has file, line and problem of the first ones), a column is missing, or no
            row is left.
    """
    reading = _Reading(request, memory)
    all_paths = [paths] if isinstance(paths, str | Path) else list(paths)
    names = [path.name if isinstance(path, Rows) else path for path in all_paths]
    with bad_row_handler(on_bad_rows, rejects, names) as bad:
        for path in all_paths:
            rows = (
                path
                if isinstance(path, Rows)
                else open_rows(path, format=format, encoding=encoding, separator=separator)
            )
            reading.take(rows, bad)
    if reading.report.set_aside and rejects is not None:
        reading.report.rejects = str(rejects)
    return reading.examples(may_be_empty=may_be_empty)


class _Reading:
    """The rows so far."""

    def __init__(self, request: ColumnRequest, memory: int) -> None:
        self.report = ReadReport()
        self._request = request
        self._cells = cells_of(request)
        self._learned = len(self._cells) - len(set(request.slices))  # slices are not part of the fingerprint
        self._texts = TextStore(memory=memory)
        self._lists: list[list[Any]] = [[] for _ in self._cells[1:]]
        self._lines = array("q")
        self._files: list[Rows] = []
        self._file_starts: list[int] = []
        self._fingerprint: FingerprintBuilder | None = None
        self._where: list[tuple[str, Callable[[Any], bool]]] = []
        self._filtered_values: dict[str, None] = {}
        self._soft: int | None = None  # the place of a soft target among the values

    def take(self, rows: Rows, bad: BadRowHandler) -> None:
        """Read all rows of a file."""
        self._start(rows)
        for row in rows:
            self.report.read += 1
            if row.problem is None and self._is_filtered(row):
                self.report.filtered += 1
                continue
            try:
                text, *values = _read_cells(self._cells, row)
            except BadValueError as error:
                bad(rows, row, str(error))
                self.report.set_aside += 1
            else:
                if self._soft is not None and values[self._soft] is None:
                    self.report.undecided += 1
                else:
                    self._keep(row.line, text, values)

    def examples(self, *, may_be_empty: bool) -> Examples:
        """Everything kept."""
        if self._fingerprint is None or not (self.report.kept or may_be_empty):
            raise DataError(self._nothing_kept())
        count = len(self._request.targets)
        targets = {cell.role: values for cell, values in zip(self._cells[1:], self._lists[:count], strict=False)}
        first = self._learned - 1
        rest = {
            cell.role: values for cell, values in zip(self._cells[1 + count :], self._lists[count:first], strict=False)
        }
        slices = {
            cell.column: values for cell, values in zip(self._cells[self._learned :], self._lists[first:], strict=True)
        }
        shares = None
        if self._soft is not None:
            cell = self._cells[1 + self._soft]
            shares = targets[cell.role]
            targets[cell.role] = [likeliest(each, several=cell.soft is SoftTargets.LABELS) for each in shares]
        return Examples(
            texts=self._texts,
            targets=targets,
            shares=shares,
            groups=rest.get("group"),
            times=rest.get("time"),
            weights=rest.get("weight"),
            lines=self._lines,
            fingerprint=self._fingerprint.finish(),
            report=self.report,
            text_column=self._cells[0].column,
            target_columns={cell.role: cell.column for cell in self._cells[1 : 1 + count]},
            slices=slices,
            files=self._files,
            file_starts=self._file_starts,
        )

    def _start(self, rows: Rows) -> None:
        find_columns(self._cells, rows, [column for column, _ in self._request.where])
        self._soft = next((place for place, cell in enumerate(self._cells[1:]) if cell.columns), None)
        if self._soft is not None and len(self._request.targets) > 1:
            raise DataError(
                f"{rows.name}: {self._cells[1 + self._soft].shown} are soft labels, which a joint model cannot learn; "
                "name one target"
            )
        self._where = [(column, equal_to(value)) for column, value in self._request.where]
        self._files.append(rows)
        self._file_starts.append(self.report.kept)
        if self._fingerprint is None:
            self._fingerprint = FingerprintBuilder(tuple(cell.column for cell in self._cells[: self._learned]))

    def _is_filtered(self, row: Row) -> bool:
        for column, equals in self._where:
            value = row.values[column]
            if not equals(value):
                if len(self._filtered_values) < _SHOWN_VALUES:
                    self._filtered_values[f"{column}={value}"] = None
                return True
        return False

    def _keep(self, line: int, text: str, values: list[Any]) -> None:
        self._texts.append(text)
        self._lines.append(line)
        for value, column in zip(values, self._lists, strict=True):
            column.append(value)
        self.report.kept += 1
        if self._fingerprint is not None:
            self._fingerprint.add(text, values[: self._learned - 1])

    def _nothing_kept(self) -> str:
        names = ", ".join(rows.name for rows in self._files) or "no file"
        if self.report.filtered == self.report.read:
            wanted = ", ".join(f"{column}={value}" for column, value in self._request.where)
            return f"{names}: no row has {wanted}; there is {', '.join(self._filtered_values)}"
        if self.report.undecided == self.report.read:
            return f"{names}: no row has a probability of a class"
        bad = self.report.set_aside
        what = f"were set aside in {self.report.rejects}" if self.report.rejects else "cannot be used"
        return f"{names}: no row is left, {bad} {what}"


def _read_cells(cells: list[Cell], row: Row) -> list[Any]:
    if row.problem is not None:
        raise BadValueError(row.problem)
    values = []
    for cell in cells:
        try:
            values.append(cell.of(row.values))
        except BadValueError as error:
            raise BadValueError(f'the {cell.noun} in column "{cell.shown}" {error}') from error
    return values


def equal_to(wanted: str) -> Callable[[Any], bool]:
    """Whether a cell of any type is what the command line spells ``wanted``."""

    def equals(value: Any) -> bool:
        if isinstance(value, bool):
            return str(value).lower() == wanted.lower()
        if isinstance(value, int):
            return wanted in (str(value), f"{value}.0")
        return wanted == ("" if value is None else str(value))

    return equals
