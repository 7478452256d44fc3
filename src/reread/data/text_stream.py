"""Decoded lines of a source."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from reread.data.source import CHUNK, Source
from reread.errors import DataError

_PROBE = 1 << 16
"""Characters read to detect the line ending."""


@contextmanager
def open_text(source: Source, encoding: str | None) -> Iterator[TextIO]:
    r"""The text of ``source``; its lines end at ``\n``, or at ``\r`` if the file has no other line ending."""
    with source.open() as binary:
        start = b"\n" if source.is_slow else binary.read(4 * _PROBE)  # it has lines, and its start is not waited for
        probe = io.TextIOWrapper(io.BytesIO(start), encoding, errors="ignore", newline="").read(_PROBE)
        binary.seek(0)
        newline = "\r" if "\r" in probe and "\n" not in probe else "\n"
        errors = "surrogateescape" if source.is_slow else "strict"  # what it will hold is not known yet
        text = io.TextIOWrapper(binary, encoding, errors, newline=newline)
        text._CHUNK_SIZE = CHUNK  # type: ignore[attr-defined]  # noqa: SLF001  # eight times fewer decoder calls
        try:
            yield text
        except UnicodeDecodeError as error:
            raise DataError(
                f"{source.name}: is not {encoding} throughout ({error.reason}); pass encoding=NAME"
            ) from error
        finally:
            text.detach()
