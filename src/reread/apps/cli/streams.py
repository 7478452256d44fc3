"""Standard output and standard error whose reader may have closed them, as with `| head`."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import IO

_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}
_ESCAPES |= {
    code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000))
}
"""Python's, for what a terminal takes as an order, turns the direction of a line, or is half of a surrogate pair."""


def lead_nowhere(stream: IO[str]) -> None:
    """Redirect a stream that cannot be written to the null device, so that flushing its buffer does no harm."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def harmless(text: str) -> str:
    """A text as a terminal may show it: whoever wrote it gives no orders; what it does not show is a Python escape."""
    return text.replace("\r\n", "\n").translate(_ESCAPES)


def say(line: str) -> None:
    """Print one line on standard error, unless its reader has closed it."""
    with suppress(BrokenPipeError):
        print(harmless(" ".join(line.splitlines())), file=sys.stderr, flush=True)


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


def start_log() -> None:
    """Say on standard error what the library warns of."""
    logging.basicConfig(level=logging.WARNING, format="reread: %(message)s", stream=sys.stderr)
