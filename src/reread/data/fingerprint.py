"""A data set's fingerprint: a few numbers that identify what a model was trained on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Fingerprint:
    """Identifies the kept rows of a data set: the same rows in the same order, the same fingerprint, in any format."""

    rows: int
    characters: int
    columns: tuple[str, ...]
    sha256: str

    def to_config(self) -> dict[str, Any]:
        """The fingerprint as JSON-able values."""
        return asdict(self) | {"columns": list(self.columns)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Fingerprint:
        """The inverse of ``to_config``."""
        return cls(**config | {"columns": tuple(config["columns"])})


class FingerprintBuilder:
    """Builds a fingerprint row by row."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._hash = hashlib.sha256(repr(columns).encode())
        self._rows = 0
        self._characters = 0

    def add(self, text: str, values: Sequence[Any]) -> None:
        """Add a kept row."""
        data = text.encode("utf-8", "surrogatepass")
        self._hash.update(b"%d:%b%b" % (len(data), data, repr(list(values)).encode("utf-8", "surrogatepass")))
        self._rows += 1
        self._characters += len(text)

    def finish(self) -> Fingerprint:
        """The fingerprint of all rows so far."""
        return Fingerprint(self._rows, self._characters, self._columns, self._hash.hexdigest())
