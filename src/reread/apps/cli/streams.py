"""Standard output and standard error whose reader may have closed them, as with `| head`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO

CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
"""Control characters of the terminal, as Python escapes."""


def lead_nowhere(stream: IO[str]) -> None:
    """Redirect a stream that cannot be written to the null device, so that flushing its buffer does no harm."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def say(line: str) -> None:
    """Print one line on standard error, unless its reader has closed it."""
    with suppress(BrokenPipeError):
        print(" ".join(line.splitlines()).translate(CONTROL), file=sys.stderr, flush=True)


def flush_results() -> None:
    """Flush standard output; if its reader has closed it, the rest is dropped.

    Raises:
        OSError: the disk is full.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        lead_nowhere(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise
