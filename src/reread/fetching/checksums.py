"""Checksums: "md5:…" and "sha256:…"."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO

from reread.errors import DataError


def file_checksum(path: Path, algorithm: str = "sha256") -> str:
    """The checksum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return _digest(file, algorithm)


def check_file(path: Path, checksum: str | None, origin: str) -> None:
    """Compare a file with its expected checksum, where there is one.

    Raises:
        DataError: they differ.
    """
    if checksum is not None:
        with path.open("rb") as file:
            check_stream(file, checksum, f"{path.name} from {origin}")


def check_stream(file: IO[bytes], checksum: str, what: str) -> None:
    """Compare what is left of a stream with its expected checksum.

    Raises:
        DataError: they differ.
    """
    algorithm, _, expected = checksum.partition(":")
    actual = _digest(file, algorithm)
    if actual != expected:
        raise DataError(f"{what} is damaged or has been changed: its {algorithm} is {actual}, expected {expected}")


def _digest(file: IO[bytes], algorithm: str) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)  # a published md5 is all that some sets have
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()
