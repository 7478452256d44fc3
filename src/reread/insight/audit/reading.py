"""Files → the rows that are audited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reread.data.bad_rows import BadRowHandler, bad_row_handler
from reread.data.columns import LABEL_COLUMNS
from reread.data.examples import ColumnRequest, Examples, equal_to, read_examples
from reread.data.read import Rows, open_rows
from reread.data.request import cells_of, find_columns
from reread.data.store import MEMORY
from reread.data.values import is_missing
from reread.insight.audit.audit_data import AuditData, Unusable

LIST = "list"
"""What to do with a bad row: it is a finding."""


def read_audit_data(
    paths: Sequence[str],
    request: ColumnRequest,
    on_bad_rows: str = LIST,
    rejects: str | Path | None = None,
    *,
    note: Callable[[str], None] = lambda _: None,
) -> AuditData:
    """Read files as one set of rows; see `read_audit_groups`."""
    [audited] = read_audit_groups([paths], request, on_bad_rows, rejects, note=note)
    return audited


def read_audit_groups(
    groups: Sequence[Sequence[str]],
    request: ColumnRequest,
    on_bad_rows: str = LIST,
    rejects: str | Path | None = None,
    *,
    file_format: str | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> list[AuditData]:
    """Read groups of files, each as one audited; a file that lacks the targets is read for its texts.

    Args:
        groups: the files of each audited.
        request: which columns to read.
        on_bad_rows: "list" them as findings, those of all groups in the first; or "stop", or "set-aside" to
            ``rejects``, as `read_examples` does it.
        rejects: the rejects file.
        file_format: of all files; None: as each one is named.
        encoding: of all files; None: as the bytes show.
        separator: of CSV files, between two fields; None: as their headers show.
        note: called with what was left out, in a sentence.

    Raises:
        DataError: a file that cannot be read, columns that are in no file, or no row left in a group.
    """
    paths = [path for group in groups for path in group]
    opened = [
        [open_rows(path, format=file_format, encoding=encoding, separator=separator) for path in group]
        for group in groups
    ]
    unusable = list[Unusable]()
    with _listing(unusable) if on_bad_rows == LIST else bad_row_handler(on_bad_rows, rejects, paths) as bad:
        read = [_read(files, request, bad, MEMORY // len(paths), note) for files in opened]
    numbers = [target.name for target in request.targets if target.kind == "number"]
    all_data = [AuditData(parts, () if k else unusable, numbers) for k, parts in enumerate(read)]
    for name in dict.fromkeys(name for audited in all_data for name in audited.mixed):
        note(f"{name} is text in one file and not in another: its labels are compared as text")
    return all_data


@contextmanager
def _listing(unusable: list[Unusable]) -> Iterator[BadRowHandler]:
    yield lambda rows, row, problem: unusable.append(Unusable(rows.name, row.line, problem))


def _read(
    files: Sequence[Rows], request: ColumnRequest, bad: BadRowHandler, memory: int, note: Callable[[str], None]
) -> list[Examples]:
    """The rows of each file; where it has no label, or no such column, its texts; one at least has rows."""
    with_columns = [_has_columns(rows, request) for rows in files]
    none_has = any(target.column for target in request.targets) and not any(with_columns)
    parts = list[Examples]()
    for rows, has_columns in zip(files, with_columns, strict=True):
        whole = none_has or (has_columns and _has_labels(rows, request))  # the error says what columns there are
        of_file = request if whole else replace(request, targets=(), group=None)
        may_be_empty = rows is not files[-1] or any(map(len, parts))
        parts.append(read_examples([rows], of_file, bad, memory=memory, may_be_empty=may_be_empty))
        if not len(parts[-1]):
            note(f"{rows.name}: none of its rows are checked: {_reason(parts[-1], request)}")
        elif not whole:
            note(f"{rows.name} has no labels: only its texts are checked")
    return parts


def _reason(part: Examples, request: ColumnRequest) -> str:
    """Why no row of a file is left."""
    if part.report.filtered == part.report.read:
        return f"none has {', '.join(f'{column}={value}' for column, value in request.where)}"
    return "none can be used"


def _has_columns(rows: Rows, request: ColumnRequest) -> bool:
    """Whether a file has all named columns of targets, or one with a usual name if none is named."""
    named = [target.column for target in request.targets if target.column is not None]
    if named:
        return set(named) <= set(rows.columns)
    return any(column.strip().casefold() in LABEL_COLUMNS for column in rows.columns)


def _has_labels(rows: Rows, request: ColumnRequest) -> bool:
    """Whether any wanted row has its targets; usually the first one does."""
    cells = cells_of(request)
    find_columns(cells, rows, [column for column, _ in request.where])
    columns = [cell.column for cell in cells[1 : 1 + len(request.targets)]]
    where = [(column, equal_to(value)) for column, value in request.where]
    wanted = (
        row.values for row in rows if row.problem is None and all(equals(row.values[name]) for name, equals in where)
    )
    return any(not any(is_missing(values[column]) for column in columns) for values in wanted)
