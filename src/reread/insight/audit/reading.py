"""Files → the rows that are audited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reread.data.bad_rows import BadRowHandler, bad_row_handler
from reread.data.columns import LABEL_COLUMNS
from reread.data.examples import ColumnRequest, Examples, read_examples
from reread.data.read import Rows, open_rows
from reread.data.store import MEMORY
from reread.insight.audit.material import Material, Unusable

LIST = "list"
"""What to do with a bad row: it is a finding."""


def read_material(
    paths: Sequence[str],
    request: ColumnRequest,
    on_bad_rows: str = LIST,
    rejects: str | Path | None = None,
    *,
    file_format: str | None = None,
    encoding: str | None = None,
    note: Callable[[str], None] = lambda _: None,
) -> Material:
    """Read the files; one that lacks the targets is read for its texts.

    Args:
        paths: the files.
        request: which columns to read.
        on_bad_rows: "list" them as findings; or "stop", or "set-aside" to ``rejects``, as `read_examples` does it.
        rejects: the rejects file.
        file_format: of all files; None: as each one is named.
        encoding: of all files; None: as the bytes show.
        note: who is told what was left out.

    Raises:
        DataError: a file that cannot be read, columns that are in no file, or no row left.
    """
    files = [open_rows(path, format=file_format, encoding=encoding) for path in paths]
    complete = [_has_targets(rows, request) for rows in files]
    named = any(target.column for target in request.targets)
    unusable, parts = list[Unusable](), list[Examples]()

    @contextmanager
    def listing() -> Iterator[BadRowHandler]:
        yield lambda rows, row, problem: unusable.append(Unusable(rows.name, row.line, problem))

    with listing() if on_bad_rows == LIST else bad_row_handler(on_bad_rows, rejects, paths) as bad:
        for rows, has_targets in zip(files, complete, strict=True):
            whole = has_targets or (named and not any(complete))  # then the error says what columns there are
            own = request if whole else replace(request, targets=(), group=None)
            if not whole:
                note(f"{rows.name} has no labels: its texts are looked at")
            parts.append(read_examples([rows], own, bad, memory=MEMORY // len(files)))
    return Material(parts, unusable, [target.name for target in request.targets if target.kind == "number"])


def _has_targets(rows: Rows, request: ColumnRequest) -> bool:
    """Whether a file has all columns of targets that are asked for, or one with a usual name where none is."""
    asked = [target.column for target in request.targets if target.column is not None]
    if asked:
        return set(asked) <= set(rows.columns)
    return any(column.strip().casefold() in LABEL_COLUMNS for column in rows.columns)
