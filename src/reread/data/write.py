"""Rows out: to a file that appears whole or not at all."""

from __future__ import annotations

import gzip
import os
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from reread.data.formats import Format, Sink, check_columns, formats
from reread.data.read import format_of
from reread.data.source import CHUNK, STANDARD_STREAM, split_suffixes, zstd
from reread.errors import DataError
from reread.typing import override


class RowWriter:
    """Writes rows to a file, under another name until it is left without an error; use it as a context manager.

    A full disk raises ``OSError`` with the file's name and leaves what stood there before.
    """

    def __init__(self, path: str | Path, columns: tuple[str, ...], format: Format, compression: str = "") -> None:  # noqa: A002
        self.name = "standard output" if str(path) == STANDARD_STREAM else str(path)
        self.columns = columns
        self._format = format
        self._compression = compression
        # A link stays a link, and a device or a pipe is written to, never replaced.
        self._target = Path(os.path.realpath(path))
        self._part: Path | None = None
        if self._target.is_file() or not self._target.exists():
            self._part = self._target.with_name(f".{self._target.name}.{uuid.uuid4().hex[:8]}.part")
        self._stack = ExitStack()
        self._sink = self._opened()

    def write(self, values: Mapping[str, Any]) -> None:
        """Add a row: a column that ``values`` lacks stays empty, a key that is no column is left out."""
        with self._named_errors():
            self._sink.write(values)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self._abandon()
            return
        try:
            with self._named_errors():
                self._sink.close()
                self._stack.close()
        except BaseException:
            self._abandon()
            raise

    def _opened(self) -> Sink:
        with ExitStack() as stack, self._named_errors():
            stack.callback(self._remove_part)
            stream = stack.enter_context(self._raw())
