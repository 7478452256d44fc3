"""Whether texts that memory does not hold have room on the disk, before they are read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from reread.data.read import Rows
from reread.data.request import ColumnRequest, cells_of, find_columns
from reread.errors import DataError
from reread.files import STANDARD_STREAM, free_space
from reread.wording import bytes_of

FIRST = 1000  # rows that show how much of a file its texts are
SURE = 0.75  # of the estimate, that is surely needed


def check_room(
    first: Rows,
    paths: Sequence[str],
    request: ColumnRequest,
    memory: int,
    free: Callable[[Path], int] = free_space,
) -> None:
    """Refuse files whose texts have no room in memory and in the folder of temporary files, before they are read.

    Compressed files count as they are, which is less than what comes out of them.

    Args:
        first: the first of the files.
        paths: all of them; standard input is not counted.
        request: which columns are read.
        memory: bytes of text that are kept in memory.
        free: the bytes that may still be written on the disk of a folder.

    Raises:
        DataError: there is no room, TMPDIR names no folder, or a column is missing.
    """
    files = [Path(path) for path in paths if path != STANDARD_STREAM]
    size = sum(file.stat().st_size for file in files if file.is_file())
    if size <= memory:
        return
    named = os.environ.get("TMPDIR")
    if named and not (Path(named).is_dir() and os.access(named, os.W_OK)):  # Python would take another one in silence
        raise DataError(
            f"TMPDIR names {named}, where no temporary files can be written; make it, or name another folder"
        )
    spilled = SURE * share_of_texts(first, request) * size - memory
    folder = Path(tempfile.gettempdir())
    there = free(folder)
    if spilled > there:
        raise DataError(
            f"{first.name}: its texts need about {bytes_of(spilled)} of temporary files in {folder}, where "
            f"{bytes_of(there)} are free; make room, or name another folder in TMPDIR"
        )


def share_of_texts(rows: Rows, request: ColumnRequest) -> float:
    """About how much of a file its texts are, from its first rows.

    Raises:
        DataError: there is no such column.
    """
    cells = cells_of(request)
    find_columns(cells, rows)
    every = texts = 0
    for row in islice(rows, FIRST):
        every += sum(len(str(value)) + 1 for value in row.values.values() if value is not None)
        texts += len(str(row.values.get(cells[0].column) or ""))
    return texts / max(1, every)
