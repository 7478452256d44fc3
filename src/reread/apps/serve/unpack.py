"""A process that makes lines of JSON of one Parquet file: `python -m reread.apps.serve.unpack FILE LINES`.

A small Parquet file can become an endless one, and a damaged one can end the process that reads it. So strangers' files
are not read where others are answered, but here, with little memory and little time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from reread.apps.serve import limits
from reread.data.formats.json_lines import JsonLinesSink
from reread.data.read import Rows
from reread.data.source import Source
from reread.errors import DataError, MissingExtraError

NAME = "the file"
COMPRESSED = f"{NAME} is compressed; send it as it is"
WRONG, MISSING = 2, 3  # exit codes: the reason is on standard error


def main(packed: str, lines: str) -> None:
    """Unpack a file; what is wrong with it is said on standard error."""
    _limit()
    try:
        _write(packed, Path(lines))
    except (DataError, MissingExtraError) as error:
        _end(MISSING if isinstance(error, MissingExtraError) else WRONG, str(error))
    except MemoryError:
        _end(WRONG, f"{NAME} takes more than {limits.MEMORY >> 20:,} MiB of memory to read")


def _write(packed: str, lines: Path) -> None:
    source = Source(packed)
    source.name = NAME
    if source.compression:
        raise DataError(COMPRESSED)
    rows = Rows(source, "parquet")
    if len(rows.columns) > limits.COLUMNS:
        raise DataError(f"{NAME} has {len(rows.columns):,} columns; expected at most {limits.COLUMNS:,}")
    rows.check_not_empty()
    with lines.open("wb") as stream:
        sink = JsonLinesSink(stream, rows.columns)
        for row in rows:
            sink.write(row.values)
            if stream.tell() > limits.FILE:
                raise DataError(f"{NAME} has more than {limits.FILE:,} bytes when it is unpacked")


def _limit() -> None:
    """Bound this process, where the system can (not on Windows)."""
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # others take memory ahead
    try:
        import resource  # noqa: PLC0415
    except ModuleNotFoundError:
        return
    for kind, most in ((resource.RLIMIT_DATA, limits.MEMORY), (resource.RLIMIT_CPU, limits.UNPACKING)):
        hard = resource.getrlimit(kind)[1]
        if hard == resource.RLIM_INFINITY or hard > most:
            resource.setrlimit(kind, (most, most))


def _end(code: int, said: str) -> None:
    sys.stderr.write(f"{said}\n")
    sys.exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
