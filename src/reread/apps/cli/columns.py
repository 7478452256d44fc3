"""The columns of a file that a model reads, and the rows that the options ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reread.apps.cli.arguments.shared import DataArguments
from reread.apps.cli.console import errors
from reread.apps.cli.where import parse_where
from reread.bundle import Bundle
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.examples import equal_to
from reread.data.read import Row, Rows
from reread.errors import DataError


def find_columns(
    arguments: DataArguments, bundle: Bundle, rows: Rows, *, quiet: bool
) -> tuple[str, Callable[[Row], bool]]:
    """The column with the texts (named, that of training, or one with a usual name), and a filter of rows.

    Raises:
        DataError: a column is missing.
        ConfigError: a ``--where`` is not an assignment.
    """
    trained = bundle.config.text_column
    wanted = chosen_rows(arguments, rows)
    try:
        text = choose_column(rows.columns, arguments.text, TEXT_COLUMNS, "text", trained=trained)
    except DataError as error:
        raise DataError(f"{rows.name}: {error}") from error
    if text != trained and arguments.text is None and not quiet:
        errors.print(f"text: {text}; in training {trained}")
    return text, wanted


def chosen_rows(arguments: DataArguments, rows: Rows) -> Callable[[Row], bool]:
    """Whether a row is one of those that ``--where`` asks for.

    Raises:
        DataError: a column is missing.
        ConfigError: a ``--where`` is not an assignment.
    """
    where = [(column, equal_to(value)) for column, value in parse_where(arguments.where)]
    try:
        for column, _ in where:
            choose_column(rows.columns, column, (), "where")
    except DataError as error:
        raise DataError(f"{rows.name}: {error}") from error
    return lambda row: all(equals(row.values[column]) for column, equals in where)


def refuse_clash(rows: Rows, added: Sequence[str], command: str) -> None:
    """Refuse a file that has a column already which the command would add.

    Raises:
        DataError: it has one.
    """
    clash = [name for name in added if name in rows.columns]
    if clash:
        raise DataError(f'{rows.name} has a column "{clash[0]}" already, which {command} would add; rename it first')
