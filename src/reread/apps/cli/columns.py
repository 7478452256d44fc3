"""The columns of a file that a model reads, and the rows that the options ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reread.apps.cli.arguments.shared import DataArguments
from reread.apps.cli.console import errors
from reread.apps.cli.where import parse_where
from reread.bundle import Bundle
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.read import Row, Rows
from reread.data.where import rows_where
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
    return rows_where(rows, parse_where(arguments.where))


def refuse_clash(rows: Rows, added: Sequence[str], command: str) -> None:
    """Refuse a file that has a column already which the command would add.

    Raises:
        DataError: it has one.
    """
    clash = [name for name in added if name in rows.columns]
    if clash:
        raise DataError(f'{rows.name} has a column "{clash[0]}" already, which {command} would add; rename it first')
