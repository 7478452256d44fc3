"""Parts and results in folders of this machine."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hashlib import blake2b
from pathlib import Path

from reread.data.parts.base import ASKED, Part, Parts, Results, is_rows, without_results
from reread.errors import ConfigError, DataError
from reread.files import check_new_folder, is_model_folder, refuse_model_folder, try_to_write, write_whole
from reread.locks import lock
from reread.typing import override

LOCKS, DECIDING = ".locks", "deciding"


class LocalParts(Parts):
    """The files of a folder and of those below it, or those that a pattern names.

    Args:
        data: the folder or the pattern.
        out: where results go: what lies below is none of the parts.

    Raises:
        ConfigError: results would go where the data are.
        DataError: there are none.
    """

    def __init__(self, data: str, out: str) -> None:
        folder, results = Path(data).is_dir(), Path(os.path.realpath(out))
        base = Path(data) if folder else base_of(data)
        here = Path(os.path.realpath(base))
        if results in (here, *here.parents):
            what = "is the folder of the data" if results == here else "holds the data"
            raise ConfigError(f"{out}: {what}; answers go into another folder, beside it or below")
        found = [
            path
            for path in (files_below(base) if folder else files_like(data))
            if (path.is_file() or not path.exists()) and results not in Path(os.path.realpath(path)).parents
        ]
        lost = next((path for path in found if is_rows(path.name) and not path.exists()), None)
        if lost is not None:
            raise DataError(f"{lost}: is a link to a file that is not there")
        below = {path.relative_to(base).as_posix(): path for path in found}
        names = {name: below[name] for name in without_results(below, lambda folder: (base / folder / ASKED).is_file())}
        super().__init__(
            [Part(name, str(path), path.stat().st_size) for name, path in names.items() if is_rows(name)],
            [name for name in names if not is_rows(name)],
        )
        if not self.parts:
            what = "holds no files with rows" if folder else "no file with rows matches this pattern"
            raise DataError(f"{data}: {what} (.csv, .jsonl, .parquet …)")

    @override
    def reading(self, part: Part) -> AbstractContextManager[str]:
        return nullcontext(part.place)


def files_below(folder: Path) -> Iterator[Path]:
    """The files of a folder and of those below it, also by links, but for those that lead back to a folder above."""
    for place, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if not leads_back(Path(place, name))]
        yield from (Path(place, name) for name in names)


def files_like(pattern: str) -> Iterator[Path]:
    """What a pattern names; not what it finds again by a link that leads back to a folder above."""
    for name in glob.iglob(pattern, recursive=True):  # noqa: PTH207  # a pattern may begin at the root
        path = Path(name)
        if not any(leads_back(folder) for folder in path.parents):
            yield path


def leads_back(folder: Path) -> bool:
    """Whether a folder is a link to one above itself."""
    return folder.is_symlink() and os.path.realpath(folder) in {os.path.realpath(above) for above in folder.parents}


def base_of(pattern: str) -> Path:
    """The folder above the first wildcard of a pattern."""
    fixed: list[str] = []
    for step in Path(pattern).parts[:-1]:
        if glob.has_magic(step):
            break
        fixed.append(step)
    return Path(*fixed)


class LocalResults(Results):
    """Results in a folder of this machine, which is made.

    Raises:
        ConfigError: it lies inside a model folder, or is a file.
        DataError: no folder can be made there.
    """

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise ConfigError(f"{folder}: is a file; answers to several files go into a folder; name one")
        if is_model_folder(self.folder):
            raise ConfigError(f"{folder}: is a model folder; name another one for the answers")
        refuse_model_folder(self.folder)
        if self.folder.is_dir():
            try_to_write(self.folder, self.folder)
        else:
            check_new_folder(self.folder)

    @override
    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    @override
    def read(self, name: str) -> str | None:
        place = self.folder / name
        return place.read_text(encoding="utf-8") if place.exists() else None

    @override
    def write(self, name: str, content: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / name, content)

    @override
    @contextmanager
    def writing(self, name: str) -> Iterator[str]:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        yield str(place)  # a writer of files makes them whole or not at all

    @override
    def claiming(self, name: str) -> AbstractContextManager[bool]:
        short = blake2b(os.fsencode(name), digest_size=16).hexdigest()  # a name may be too long
        return lock(self.folder / LOCKS, short)

    @override
    def deciding(self) -> AbstractContextManager[bool]:
        return lock(self.folder / LOCKS, DECIDING, wait=True)

    @override
    def in_use(self) -> bool:
        locks = {file.stem for file in (self.folder / LOCKS).glob("*.lock")} - {DECIDING}
        return any(not self._is_free(name) for name in locks)

    def _is_free(self, name: str) -> bool:
        with lock(self.folder / LOCKS, name) as free:
            return free
