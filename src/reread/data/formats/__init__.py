"""File formats: one file each, found by their suffix."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, ClassVar

from reread.data.columns import shown_name
from reread.data.rows import Row
from reread.data.source import Source
from reread.errors import DataError
from reread.registry import Registry


class Sink(ABC):
    """Writes rows into an open file."""

    @abstractmethod
    def write(self, values: Mapping[str, Any]) -> None:
        """Add a row; a column that ``values`` lacks stays empty."""

    @abstractmethod
    def close(self) -> None:
        """Write the remaining rows; the file itself stays open."""

    def abort(self) -> None:  # noqa: B027  # most sinks hold nothing
        """Release resources after an error, without finishing."""


class Format(ABC):
    """How rows are stored in a file. ``encoding`` is None if ``is_text`` is false."""

    suffixes: ClassVar[tuple[str, ...]]
    is_text: ClassVar[bool] = True
    is_written: ClassVar[bool] = True
    """Whether rows can be written in it too."""
    unit: str = "line"
    """What ``Row.line`` counts."""
    head: ClassVar[int] = 0
    """Lines before the first row."""

    def separate_by(self, separator: str) -> None:  # noqa: B027  # most formats have none
        """Take what stands between two fields as given; ``ConfigError`` if it cannot."""

    @abstractmethod
    def columns(self, source: Source, encoding: str | None) -> tuple[str, ...]:
        """The names of the columns; ``DataError`` if there are none."""

    @abstractmethod
    def rows(self, source: Source, encoding: str | None, columns: tuple[str, ...]) -> Iterator[Row]:
        """Every row of the file in order; one that cannot be read has its problem."""

    @abstractmethod
    def sink(self, stream: IO[bytes], columns: tuple[str, ...]) -> Sink:
        """A sink that writes UTF-8 or binary rows to ``stream``."""


formats: Registry[type[Format]] = Registry("file format", "reread.data.formats")


def check_columns(columns: Sequence[str], place: str) -> tuple[str, ...]:
    """``columns`` as a tuple.

    Raises:
        DataError: a name appears twice.
    """
    seen: set[str] = set()
    for column in columns:
        if column in seen:
            raise DataError(f'{place}: the column "{shown_name(column)}" appears twice; give every column its own name')
        seen.add(column)
    return tuple(columns)
