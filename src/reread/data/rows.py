"""One row of a file."""

from __future__ import annotations

from typing import Any, NamedTuple

NUL = "holds a NUL character"
"""A problem of text formats: the file is damaged, or in another encoding."""


class Row(NamedTuple):
    """One row: its line, its values, and its problem if it has one.

    A row without a problem has a value (or None) for every column. A row that cannot be read has a ``problem``,
    the values that could be read, and in ``raw`` the fields of the file if they do not fit the columns.
    """

    line: int
    values: dict[str, Any]
    problem: str | None = None
    raw: str | list[str] | None = None
