"""What parts and their results promise, wherever they are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import PurePosixPath

from reread.data.compression import ZIP, split_suffixes
from reread.data.formats import formats
from reread.data.read import format_of
from reread.errors import ConfigError, DataError

ASKED = ".reread.json"
"""The file in a folder of results that says what they were asked for."""


@dataclass(frozen=True)
class Part:
    """One file of several.

    Attributes:
        name: its path below the folder, or below the part of the pattern that has no wildcard; with slashes.
        place: the file or address.
        size: in bytes.
    """

    name: str
    place: str
    size: int


class Parts(ABC):
    """Files with rows, in the order of their names.

    Attributes:
        parts: the files.
        left_out: names of files in the folder that are no rows. Earlier results below it are not among them.
    """

    def __init__(self, parts: list[Part], left_out: list[str]) -> None:
        self.parts = sorted(parts, key=lambda part: part.name)
        self.left_out = sorted(left_out)

    @abstractmethod
    def reading(self, part: Part) -> AbstractContextManager[str]:
        """A file on this machine with the part's bytes."""


class Results(ABC):
    """A folder of results."""

    @abstractmethod
    def has(self, name: str) -> bool:
        """Whether a result is there."""

    @abstractmethod
    def read(self, name: str) -> str | None:
        """A small text file among the results; None if it is not there."""

    @abstractmethod
    def write(self, name: str, content: str) -> None:
        """Write one, as a whole."""

    @abstractmethod
    def writing(self, name: str) -> AbstractContextManager[str]:
        """A place on this machine to write a result to, which is there as a whole on success and not otherwise."""

    @abstractmethod
    def claiming(self, name: str) -> AbstractContextManager[bool]:
        """Whether this process may make a result, and no other while the context lasts."""

    def deciding(self) -> AbstractContextManager[bool]:
        """Keeps other processes from deciding what the results are asked for, as far as the place can."""
        return nullcontext(enter_result=True)

    def in_use(self) -> bool:
        """Whether another process makes a result at this moment, as far as that can be known."""
        return False


def without_results(names: Iterable[str], has_asked: Callable[[PurePosixPath], bool]) -> list[str]:
    """The names of files but for earlier results, which are no data; of the topmost folder all are.

    Args:
        names: of the files.
        has_asked: whether there is `ASKED` in a folder.
    """
    names = list(names)
    folders = {folder for name in names for folder in PurePosixPath(name).parents} - {PurePosixPath()}
    results = set(filter(has_asked, folders))
    return [name for name in names if not results.intersection(PurePosixPath(name).parents)]


def is_rows(name: str) -> bool:
    """Whether a name is that of a file with rows; not those that are hidden, as are files half written."""
    path = PurePosixPath(name)
    if any(part.startswith((".", "_")) for part in path.parts):
        return False
    suffix, _ = split_suffixes(name)
    return any(suffix in formats.get(known).suffixes for known in formats)


def name_of_result(part: Part, out_format: str | None) -> str:
    """The name of a part's result: the part's own, with another suffix if another format is asked for.

    Raises:
        ConfigError: there is no such format.
        DataError: answers cannot be written in the part's format.
    """
    suffix, compression = split_suffixes(part.name)
    own = format_of(suffix, part.name)
    written = part.name.removesuffix(compression) if compression == ZIP else part.name
    if out_format is None:
        if not formats.get(own).is_written:
            raise DataError(f"{part.name}: {own} holds no answers; pass output format (csv, jsonl, parquet or others)")
        return written
    wanted = formats.get(out_format)
    if not wanted.is_written:
        raise ConfigError(f'out_format = "{out_format}": it holds no answers; csv, tsv, jsonl, parquet or arrow do')
    if own == out_format:
        return written
    stem = part.name[: len(part.name) - len(suffix) - len(compression)]
    return stem + wanted.suffixes[0] + (compression if wanted.is_text and compression != ZIP else "")
