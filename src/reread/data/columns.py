"""Choosing a column."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from reread.errors import DataError

TEXT_COLUMNS = (
    "text",
    "texts",
    "review",
    "sentence",
    "content",
    "comment",
    "message",
    "title",
    "headline",
    "body",
    "document",
    "tweet",
    "文本",
    "内容",
    "內容",
    "评论",
    "評論",
    "标题",
    "標題",
)
LABEL_COLUMNS = (
    "label",
    "labels",
    "class",
    "category",
    "sentiment",
    "topic",
    "emotion",
    "intent",
    "标签",
    "標籤",
    "类别",
    "類別",
    "情感",
)
NUMBER_COLUMNS = ("target", "score", "rating", "stars", "price", "value", "评分", "評分", "分数", "分數")

_LISTED = 40
_NAME = 60


def choose_column(
    columns: Sequence[str],
    asked: str | None,
    usual: tuple[str, ...],
    role: str,
    *,
    trained: str | None = None,
    namable: bool = True,
) -> str:
    """The requested column, else the one the model was trained on, else the only one with a usual name.

    Args:
        columns: the names a file has.
        asked: the name the user gave, if any.
        usual: names that columns with this role usually have; case and surrounding spaces are ignored.
        role: what the column holds, for the message, such as ``text``.
        trained: the column that the model was trained on, if there is a model.
        namable: whether the user can name it; otherwise the message asks for another name in the file.

    Raises:
        DataError: there is no such column, or not exactly one has a usual name.
    """
    if asked is not None:
        if asked in columns:
            return asked
        folded = {_folded(column): column for column in columns}
        close = difflib.get_close_matches(_folded(asked), folded, n=1)
        hint = f'Did you mean "{folded[close[0]]}"? ' if close else ""
        raise DataError(f'{role}: there is no column "{asked}". {hint}Columns: {listed(columns)}')
    if trained in columns:
        return str(trained)
    candidates = usual_columns(columns, usual)
    if len(candidates) == 1:
        return candidates[0]
    lacking = f'there is no column "{trained}" as in training, and ' if trained else ""
    what = "name one" if namable else f"rename the one with the {role}s as {usual[0]}"
    several = f"several columns could be meant ({listed(candidates)})" if candidates else "no column has a usual name"
    raise DataError(f"{role}: {lacking}{several}; {what}. Columns: {listed(columns)}")


def usual_columns(columns: Sequence[str], usual: Sequence[str]) -> list[str]:
    """The columns with one of these names, but for case and surrounding spaces."""
    return [column for column in columns if _folded(column) in usual]


def listed(columns: Sequence[str]) -> str:
    """Column names for one line of a message: not too many, not too long, and printable."""
    names = [shown_name(column) for column in columns[:_LISTED]]
    return ", ".join([*names, f"and {len(columns) - _LISTED} more"] if len(columns) > _LISTED else names)


def shown_name(column: str) -> str:
    """A column's name in a message: without line breaks and not too long."""
    name = column if column.isprintable() else repr(column)[1:-1]
    return name if len(name) <= _NAME else f"{name[:_NAME]}…"


def _folded(column: str) -> str:
    return column.strip().casefold()
