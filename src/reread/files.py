"""Files and folders that are written atomically, and paths where none may be written."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reread.errors import ConfigError, DataError

STANDARD_STREAM = "-"
"""The path that means standard input or standard output."""
CONFIG = "config.json"
SUMS = "SHA256SUMS"
REPORT = "report.html"
NAME = 60  # characters of a file's name in the longer name of its temporary part; names are limited to 255 bytes


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """A temporary path beside ``path`` to write to, which replaces ``path`` on success; a link stays a link.

    Raises:
        ConfigError: ``path`` is inside a model folder.
        OSError: the disk is full or the folder cannot be written to; the error names ``path``.
    """
    refuse_model_folder(path)
    target = Path(os.path.realpath(path))
    part = _part_of(target)
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        if error.filename in {None, str(part)} and error.errno is not None:
            raise OSError(error.errno, error.strerror or "cannot be written", str(path)) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def write_whole(path: str | Path, content: str) -> None:
    """Write a text file in UTF-8, atomically.

    Raises:
        ConfigError: ``path`` is inside a model folder.
        OSError: the disk is full or the folder cannot be written to.
    """
    with whole_file(path) as part:
        part.write_bytes(content.encode("utf-8"))


@contextmanager
def new_folder(place: Path) -> Iterator[Path]:
    """A folder to fill, which replaces ``place`` on success.

    This takes two renames on one file system, and the old folder is removed only after them; if the second one fails,
    the first one is undone.

    Raises:
        OSError: a rename fails; if it cannot be undone, the old folder stays beside ``place``, in a folder ``.NAME.…``.
    """
    temporary = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    new, old = temporary / "new", temporary / "old"
    try:
        new.mkdir()
        yield new
        if place.exists():
            place.replace(old)
        new.replace(place)
    finally:
        if old.exists() and not place.exists():
            old.replace(place)
        shutil.rmtree(temporary, ignore_errors=True)


def check_output(path: str | Path, inputs: Iterable[str | Path] = (), what: str = "the output") -> None:
    """Refuse a path where a file cannot or must not be written, before any work is done for it.

    Args:
        path: the path; standard output, devices and pipes are always accepted.
        inputs: the files that the command reads.
        what: the name of the output in the message.

    Raises:
        ConfigError: the path is an input, or inside a model folder.
        DataError: it is a folder, or no file can be created there.
    """
    place = Path(path)
    if "\0" in str(path):
        raise DataError(f"{str(path)!r}: is not a path to a file")
    if str(path) == STANDARD_STREAM or (place.exists() and not place.is_file() and not place.is_dir()):
        return
    refuse_input(path, inputs, what)
    refuse_model_folder(path)
    if place.is_dir():
        raise DataError(f"{path}: is a folder; name a file in it")
    try_to_write(Path(os.path.realpath(path)).parent, path)


def try_to_write(folder: Path, path: str | Path) -> None:
    """Create a file in a folder and remove it again.

    Raises:
        DataError: that fails, so ``path`` cannot be written.
    """
    part = _part_of(folder / "try")
    try:
        part.open("xb").close()
    except OSError as error:
        raise DataError(no_place(path, error)) from error
    finally:
        with suppress(OSError):  # the folder may not exist
            part.unlink(missing_ok=True)


def check_new_folder(folder: Path) -> None:
    """Refuse a path where no folder can be created or replaced; missing parent folders will be created.

    Raises:
        DataError: no folder can be created there.
    """
    above = next(place for place in Path(os.path.realpath(folder)).parents if place.exists())
    try_to_write(above, folder)


def free_space(place: Path) -> int:
    """The bytes that this process may still write on the disk of a folder, or of the nearest one above it that exists.

    Raises:
        OSError: the disk does not say.
    """
    above = next(folder for folder in (place, *Path(os.path.realpath(place)).parents) if folder.exists())
    return shutil.disk_usage(above).free


def no_place(path: str | Path, error: OSError) -> str:
    """The message for a path where no file can be created."""
    return f"{path}: cannot be written ({error.strerror}); does the folder exist, and may you write to it?"


def refuse_input(path: str | Path, inputs: Iterable[str | Path], what: str) -> None:
    """Refuse to overwrite an input file.

    Args:
        path: the output; standard output is never an input.
        inputs: the files that are read; missing ones are ignored.
        what: the name of the output in the message.

    Raises:
        ConfigError: ``path`` is one of the inputs.
    """
    out, *files = (Path(place) for place in (path, *inputs))
    if _is_file(out) and any(_is_file(file) and file.samefile(out) for file in files):
        raise ConfigError(f"{path}: is an input, so it cannot be {what}")


def refuse_model_folder(path: str | Path) -> None:
    """Refuse a path inside a model folder, even through links; only its report may be written again.

    Raises:
        ConfigError: ``path`` is inside a model folder.
    """
    target = Path(os.path.realpath(path))
    folder = next((folder for folder in target.parents if is_model_folder(folder)), None)
    if folder is not None and target != folder / REPORT:
        raise ConfigError(f"{path}: is inside the model folder {folder}; name a file outside it")


def is_model_folder(folder: Path) -> bool:
    """Whether a folder looks like a model folder; its files are not read."""
    return (folder / CONFIG).is_file() and (folder / SUMS).is_file()


def _is_file(path: Path) -> bool:
    """Whether this is a regular file, not a device, a pipe or a standard stream."""
    return str(path) != STANDARD_STREAM and path.is_file()


def _part_of(target: Path) -> Path:
    return target.with_name(f".{target.name[:NAME]}.{uuid.uuid4().hex[:8]}.part")
