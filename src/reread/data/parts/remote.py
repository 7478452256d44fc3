"""Parts and results at the addresses that fsspec knows: s3://, gs://, az:// and others.

A part is fetched to a temporary file, answered there, and its result is sent as a whole: an object store shows an
object when all of it has come, so a run that is killed leaves no half result. Nothing keeps two processes off one part
there; both make the same result.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path, PurePosixPath
from typing import Any

from reread.data.parts.base import ASKED, Part, Parts, Results, is_rows, without_results
from reread.errors import ConfigError, DataError, MissingExtraError
from reread.typing import override

WILD = "*?["


class RemoteParts(Parts):
    """The objects below an address, or those that a pattern names.

    Args:
        data: the address.
        out: where results go: what lies below is none of the parts.

    Raises:
        ConfigError: results would go where the data are.
        DataError: there are none, or the address cannot be read.
        MissingExtraError: fsspec, or what it needs for the address, is not installed.
    """

    def __init__(self, data: str, out: str) -> None:
        self.files, path = file_system(data)
        wild = any(sign in path for sign in WILD)
        with named(data):
            found = self.files.glob(path, detail=True) if wild else self.files.find(path, detail=True)
        base, results = base_of(path) if wild else path.rstrip("/"), out.rstrip("/")
        if f"{self.files.unstrip_protocol(base)}/".startswith(f"{results}/"):
            raise ConfigError(f"{out}: holds the data; answers go to another address, beside it or below")
        if list(found) == [base]:  # one object, not a folder of them
            base = str(PurePosixPath(base).parent)
        sizes = {
            place: int(details.get("size") or 0)
            for place, details in found.items()
            if details["type"] == "file" and not self.files.unstrip_protocol(place).startswith(f"{results}/")
        }
        below = {str(PurePosixPath(place).relative_to(base)): place for place in sizes}
        names = {name: below[name] for name in without_results(below, lambda folder: str(folder / ASKED) in below)}
        super().__init__(
            [Part(name, place, sizes[place]) for name, place in names.items() if is_rows(name)],
            [name for name in names if not is_rows(name)],
        )
        if not self.parts:
            raise DataError(f"{data}: no files with rows are there (.csv, .jsonl, .parquet …)")

    @override
    @contextmanager
    def reading(self, part: Part) -> Iterator[str]:
        with tempfile.TemporaryDirectory() as folder:
            place = str(Path(folder) / PurePosixPath(part.name).name)
            with named(part.place):
                self.files.get_file(part.place, place)
            yield place


class RemoteResults(Results):
    """Results below an address.

    Raises:
        ConfigError: the address has a wildcard.
        MissingExtraError: fsspec, or what it needs for the address, is not installed.
    """

    def __init__(self, out: str) -> None:
        self.files, self.path = file_system(out)
        if any(sign in self.path for sign in WILD):
            raise ConfigError(f"{out}: is a pattern; name one address for the answers")

    @override
    def has(self, name: str) -> bool:
        with named(self._place(name)):
            return bool(self.files.exists(self._place(name)))

    @override
    def read(self, name: str) -> str | None:
        place = self._place(name)
        with named(place):
            return self.files.cat_file(place).decode() if self.files.exists(place) else None

    @override
    def write(self, name: str, content: str) -> None:
        place = self._place(name)
        with named(place):
            self.files.makedirs(str(PurePosixPath(place).parent), exist_ok=True)
            self.files.pipe_file(place, content.encode())

    @override
    @contextmanager
    def writing(self, name: str) -> Iterator[str]:
        with tempfile.TemporaryDirectory() as folder:
            result = Path(folder) / PurePosixPath(name).name
            yield str(result)
            place = self._place(name)
            with named(place):
                self.files.makedirs(str(PurePosixPath(place).parent), exist_ok=True)
                self.files.put_file(str(result), place)

    @override
    def claiming(self, name: str) -> AbstractContextManager[bool]:
        return nullcontext(enter_result=True)

    def _place(self, name: str) -> str:
        return f"{self.path.rstrip('/')}/{name}"


def file_system(address: str) -> tuple[Any, str]:
    """The fsspec file system of an address, and the path there.

    Raises:
        DataError: no file system has such addresses, or it cannot be reached.
        MissingExtraError: a library is not installed.
    """
    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra

        with named(address):
            files, path = url_to_fs(address, use_listings_cache=False)
    except ImportError as error:
        raise MissingExtraError(f"reading and writing {address.partition(':')[0]}:// addresses", "cloud") from error
    return files, str(path)


def base_of(pattern: str) -> str:
    """The path above the first wildcard of a pattern."""
    fixed = []
    for step in pattern.split("/")[:-1]:
        if any(sign in step for sign in WILD):
            break
        fixed.append(step)
    return "/".join(fixed)


@contextmanager
def named(place: str) -> Iterator[None]:
    """Errors of a file system as one that names the place."""
    try:
        yield
    except Exception as error:  # of each library its own: credentials, names, connections
        reason = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"{place}: cannot be reached ({reason})") from error
