"""What a named data set is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from reread.errors import DataError
from reread.fetching.original import Original
from reread.registry import Registry

Row = dict[str, Any]


class Dataset(ABC):
    """A named public data set: where it is, what it holds, and how its files become rows.

    Args:
        originals: Its files; by default those published.
        rows: The rows each split must have; by default the published counts.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    language: ClassVar[str]
    task: ClassVar[str]
    licence: ClassVar[str]
    homepage: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    splits: ClassVar[tuple[str, ...]]
    unlabelled: ClassVar[tuple[str, ...]] = ()
    """The splits that have texts but not all of the columns."""
    published: ClassVar[tuple[Original, ...]]
    published_rows: ClassVar[Mapping[str, int]] = {}

    def __init__(self, *, originals: tuple[Original, ...] | None = None, rows: Mapping[str, int] | None = None) -> None:
        self.originals = self.published if originals is None else originals
        self.rows = dict(self.published_rows if rows is None else rows)

    @abstractmethod
    def parse(self, files: Mapping[str, Path]) -> dict[str, Iterable[Row]]:
        """Read the original files, named as in ``originals``, into the rows of every split.

        Raises:
            DataError: a file does not hold what it should. Rows may be read lazily, so this can come with any row.
        """


datasets: Registry[type[Dataset]] = Registry("data set", "reread.data.datasets")


def bad_line(file: str, line: int, problem: str) -> DataError:
    """The error for a line of an original file that cannot be a row."""
    return DataError(f"{file}, line {line}: {problem}")
