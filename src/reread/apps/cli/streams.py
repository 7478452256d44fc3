"""Standard output and standard error whose readers may have gone, as with `| head`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO

CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}
"""What would steer the terminal, as it is written in Python."""


def lead_nowhere(stream: IO[str]) -> None:
    """Let a stream that cannot be written to take everything, so that what is still held back for it does no harm."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def say(line: str) -> None:
    """One line on standard error, if anybody reads it."""
    with suppress(BrokenPipeError):
        print(" ".join(line.splitlines()).translate(CONTROL), file=sys.stderr, flush=True)


def flush_results() -> None:
    """Hand on what standard output holds back; where its reader has gone, nobody misses it.

    Raises:
        OSError: the disk is full.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        lead_nowhere(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise
