"""Parquet files of strangers, as lines of JSON."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from reread.apps.serve import limits
from reread.apps.serve.unpack import MISSING, NAME, WRONG
from reread.web.problems import Problem

_DAMAGED = f"{NAME} cannot be read as Parquet; is it damaged?"


def unpacked(path: Path) -> Path:
    """The rows of a Parquet file as lines of JSON in a file beside it, written by a process of its own.

    Raises:
        Problem: 422: it cannot be read, or not within the bounds; 501: pyarrow is not installed.
    """
    lines = path.with_name("lines")
    command = [sys.executable, "-m", "reread.apps.serve.unpack", str(path), str(lines)]
    try:
        ended = subprocess.run(  # noqa: S603  # ourselves
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limits.UNPACKING, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Problem(422, f"{NAME} takes more than {limits.UNPACKING} s to read") from error
    if ended.returncode == 0:
        return lines
    said = ended.stderr.decode("utf-8", "replace").strip()
    if ended.returncode in {WRONG, MISSING} and "\n" not in said:
        raise Problem(501 if ended.returncode == MISSING else 422, said)
    raise Problem(422, _DAMAGED)
