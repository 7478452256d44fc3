"""Rows that have certain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reread.data.columns import choose_column
from reread.data.examples import equal_to
from reread.data.read import Row, Rows
from reread.errors import DataError


def rows_where(rows: Rows, where: Sequence[tuple[str, str]]) -> Callable[[Row], bool]:
    """Whether a row has all of these values.

    Args:
        rows: the file.
        where: pairs of column and value, as the command line spells them.

    Raises:
        DataError: a column is missing.
    """
    try:
        for column, _ in where:
            choose_column(rows.columns, column, (), "where")
    except DataError as error:
        raise DataError(f"{rows.name}: {error}") from error
    tests = [(column, equal_to(value)) for column, value in where]
    return lambda row: all(equals(row.values[column]) for column, equals in tests)
