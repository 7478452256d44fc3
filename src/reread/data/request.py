"""Which columns are read, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from reread.data.columns import LABEL_COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS, choose_column, shown_name, usual_columns
from reread.data.read import Rows
from reread.data.soft_labels import SharesReader, SoftTargets, soft_columns
from reread.data.values import (
    BadValueError,
    LabelReader,
    SliceReader,
    TimeReader,
    group_of,
    is_missing,
    number_of,
    text_of,
    weight_of,
)
from reread.errors import ConfigError, DataError

ORDER = "ordinal_order"  # the column that names the order of the classes, lowest first, with commas between them
_FIRST = 100  # rows that show which columns hold numbers


@dataclass(frozen=True)
class TargetRequest:
    """A target: labels (``kind="label"``) or numbers (``kind="number"``).

    Attributes:
        column: its column; None: the one the model was trained on, or the one with a usual name.
        trained: its column in the training data, if there is a model.
    """

    name: str
    kind: str = "label"
    column: str | None = None
    trained: str | None = None


@dataclass(frozen=True, kw_only=True)
class ColumnRequest:
    """Which columns to read.

    Attributes:
        text: the texts' column; None: the one the model was trained on, or the one with a usual name.
        targets: the targets to learn; may be empty.
        group: rows with the same value stay together in a split.
        time: a number or a date (ISO 8601).
        weight: how much a row counts; not negative.
        where: (column, value) pairs; only rows that match all of them are read.
        label_separator: splits a label into a list of labels.
        trained_text: the texts' column in the training data, if there is a model.
        slices: columns by which results are broken down; they are not part of the data's fingerprint.
        soft: whether a target may be probabilities, in a column for each class, and of what.
    """

    text: str | None = None
    targets: tuple[TargetRequest, ...] = (TargetRequest("label"),)
    group: str | None = None
    time: str | None = None
    weight: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    label_separator: str | None = None
    trained_text: str | None = None
    slices: tuple[str, ...] = ()
    soft: SoftTargets = SoftTargets.NONE


@dataclass(frozen=True)
class _Kind:
    usual: tuple[str, ...]
    noun: str
    reader: Callable[[str | None], Callable[[Any], Any]]


_KINDS = {
    "label": _Kind(LABEL_COLUMNS, "label", LabelReader),
    "number": _Kind(NUMBER_COLUMNS, "target", lambda _: number_of),
}


@dataclass(kw_only=True)
class Cell:
    """One column to read: what it holds, which it is, how to read a value.

    Attributes:
        columns: the columns that are read together, by class, if the target is soft; ``column`` is then the start of
            their names.
        soft: whether it may be soft, and of what.
    """

    role: str
    asked: str | None
    usual: tuple[str, ...]
    noun: str
    read: Callable[[Any], Any]
    trained: str | None = None
    column: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    soft: SoftTargets = SoftTargets.NONE

    def of(self, values: Mapping[str, Any]) -> Any:
        """Its value in a row."""
        read = [values[column] for column in self.columns.values()] if self.columns else values[self.column]
        return self.read(read)

    @property
    def shown(self) -> str:
        """The column in a message."""
        return f"{self.column}:…" if self.columns else self.column


def cells_of(request: ColumnRequest) -> list[Cell]:
    """The columns that ``request`` needs: text, targets, then group, time and weight if requested, then slices.

    Raises:
        ConfigError: a target's kind is unknown, or two targets have the same name.
    """
    names = [target.name for target in request.targets]
    if len(set(names)) < len(names):
        raise ConfigError(f"every target needs its own name, not {', '.join(names)}")
    cells = [
        Cell(
            role="text", asked=request.text, usual=TEXT_COLUMNS, noun="text", read=text_of, trained=request.trained_text
        )
    ]
    for target in request.targets:
        if target.kind not in _KINDS:
            raise ConfigError(f'target "{target.name}": kind "{target.kind}" is neither {" nor ".join(_KINDS)}')
        kind = _KINDS[target.kind]
        read = kind.reader(request.label_separator)
        cells.append(
            Cell(
                role=target.name,
                asked=target.column,
                usual=kind.usual,
                noun=kind.noun,
                read=read,
                trained=target.trained,
                soft=request.soft if target.kind == "label" else SoftTargets.NONE,
            )
        )
    others = (
        ("group", request.group, group_of),
        ("time", request.time, TimeReader()),
        ("weight", request.weight, weight_of),
    )
    cells += [
        Cell(role=role, asked=column, usual=(), noun=role, read=read)
        for role, column, read in others
        if column is not None
    ]
    return cells + [
        Cell(role=f"slice {column}", asked=column, usual=(), noun="slice", read=SliceReader())
        for column in dict.fromkeys(request.slices)
    ]


def number_by_name(columns: Sequence[str]) -> str | None:
    """The only column with a usual name of numbers, if none has one of labels."""
    labels = usual_columns(columns, LABEL_COLUMNS) or soft_columns(columns, None, ())
    numbers = usual_columns(columns, NUMBER_COLUMNS)
    return numbers[0] if len(numbers) == 1 and not labels else None


def _of_numbers(cell: Cell, rows: Rows) -> str:
    """What to ask for where no column looks like labels, but one like numbers."""
    if cell.asked or cell.trained or cell.usual != LABEL_COLUMNS or usual_columns(rows.columns, LABEL_COLUMNS):
        return ""
    numbers = usual_columns(rows.columns, NUMBER_COLUMNS) or columns_of_numbers(rows)
    return f'; numbers are learned with target="{shown_name(numbers[0])}"' if numbers else ""


def columns_of_numbers(rows: Rows) -> list[str]:
    """The columns whose first values are all numbers, the last one first: identifiers mostly stand before a target."""
    values = _first_values(rows)
    return [column for column in reversed(rows.columns) if values[column] and all(map(_is_number, values[column]))]


def has_two_values(rows: Rows, column: str) -> bool:
    """Whether the first values of a column of numbers are no more than two: a yes and a no, and no measure."""
    return len(set(map(number_of, _first_values(rows)[column]))) <= 2


def order_of(rows: Rows) -> str | None:
    """The order of classes that the first rows name, as `reread label` writes it; None: they name none.

    Raises:
        DataError: they name several.
    """
    orders = dict.fromkeys(str(value) for value in _first_values(rows)[ORDER])
    if len(orders) > 1:
        raise DataError(f"{rows.name}: column {ORDER} names several orders, such as {' and '.join(list(orders)[:2])}")
    return next(iter(orders), None)


def _first_values(rows: Rows) -> dict[str, list[Any]]:
    first = [row.values for row in islice(rows, _FIRST) if row.problem is None]
    return {column: [row[column] for row in first if not is_missing(row[column])] for column in rows.columns}


def _is_number(value: Any) -> bool:
    try:
        number_of(value)
    except BadValueError:
        return False
    return True


def _find_soft(cell: Cell, columns: Sequence[str]) -> bool:
    """Whether a target is read from a column for each class; later files need the same classes.

    Raises:
        DataError: they lack one.
    """
    if cell.soft is SoftTargets.NONE:
        return False
    found = soft_columns(columns, cell.column or cell.asked, usual_columns(columns, cell.usual))
    if not (found or cell.columns):
        return False
    if not cell.columns:
        cell.column = next(iter(found.values())).split(":", 1)[0] if cell.asked is None else cell.asked
        cell.columns, cell.read = found, SharesReader(tuple(found), several=cell.soft is SoftTargets.LABELS)
    for column in cell.columns.values():
        choose_column(columns, column, (), cell.noun)
    return True


def find_columns(cells: Sequence[Cell], rows: Rows, where: Iterable[str] = ()) -> None:
    """Choose the column of ``rows`` for every cell; later files need a column of the same name.

    Raises:
        DataError: a column is missing, is ambiguous, or is already used.
    """
    try:
        for cell in cells:
            asked = cell.column or cell.asked
            if _find_soft(cell, rows.columns):
                continue
            cell.column = choose_column(rows.columns, asked, cell.usual, cell.noun, trained=cell.trained)
        for column in where:
            choose_column(rows.columns, column, (), "where")
    except DataError as error:
        raise DataError(f"{rows.name}: {error}{_of_numbers(cell, rows)}") from error
    taken: dict[str, str] = {}
    for cell in cells:
        if cell.usual and cell.column in taken:
            raise DataError(
                f'{rows.name}: column "{cell.column}" is already used as the {taken[cell.column]}; '
                f"name another with {cell.noun}"
            )
        taken[cell.column] = cell.noun
