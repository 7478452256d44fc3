"""One row of a file."""

from __future__ import annotations

from typing import Any, NamedTuple

NUL = "holds a NUL character"
"""A problem of text formats: such bytes are damage, or another encoding."""


class Row(NamedTuple):
    """One row: where it stands, what it holds, and what is wrong with it.

    A row without a problem has a value (or None) for every column. A row that cannot be read has a ``problem``,
    as many values as could be told, and in ``raw`` what the file holds there where that does not fit the columns.
    """

    line: int
    values: dict[str, Any]
    problem: str | None = None
    raw: str | list[str] | None = None
