"""Parts and results in folders of this machine."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from reread.data.parts.base import Part, Parts, Results, is_rows
from reread.errors import ConfigError, DataError
from reread.files import check_new_folder, refuse_model_folder
from reread.locks import lock
from reread.typing import override

LOCKS = ".locks"


class LocalParts(Parts):
    """The files of a folder and of those below it, or those that a pattern names.

    Args:
        data: the folder or the pattern.
        out: where results go: what lies below is none of the parts.

    Raises:
        DataError: there are none.
    """

    def __init__(self, data: str, out: str) -> None:
        folder = Path(data).is_dir()
        base = Path(data) if folder else base_of(data)
        pattern = str(Path(glob.escape(data)) / "**" / "*") if folder else data
        results = os.path.realpath(out)
        found = [
            Path(path)
            for path in glob.glob(pattern, recursive=True)  # noqa: PTH207  # a pattern may begin at the root
            if Path(path).is_file() and os.path.commonpath([results, os.path.realpath(path)]) != results
        ]
        names = {path.relative_to(base).as_posix(): path for path in found}
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
        refuse_model_folder(self.folder / "part")
        check_new_folder(self.folder / "part")

    @override
    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    @override
    @contextmanager
    def writing(self, name: str) -> Iterator[str]:
        place = self.folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        yield str(place)  # a writer of files makes them whole or not at all

    @override
    def claiming(self, name: str) -> AbstractContextManager[bool]:
        return lock(self.folder / LOCKS, name.replace("/", "%2F"))
