"""Folders that are written whole, with a checksum of every file, and that are read only as they were written."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError

from reread.errors import BundleError, ConfigError, DataError
from reread.files import SUMS, new_folder, refuse_model_folder

STRANGE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, SafetensorError)
"""The errors of Python and the libraries at content of an unexpected form."""


@dataclass(frozen=True, kw_only=True)
class FolderFormat:
    """A kind of folder.

    Attributes:
        kind: what it is called in messages.
        config: the JSON file that names the format version.
        newest: the newest version that can be read.
        made_by: the command that makes one, as a verb.
    """

    kind: str
    config: str
    newest: int
    made_by: str

    def refuse_existing(self, path: Path, *, overwrite: bool) -> None:
        """Refuse to replace anything but a folder of this kind, or one without permission.

        Raises:
            ConfigError: the path exists and ``overwrite`` is off, or it is another kind of folder.
        """
        if not path.exists():
            return
        if not overwrite:
            raise ConfigError(f"{path} exists; choose another folder or pass overwrite=True")
        if not path.is_dir() or (any(path.iterdir()) and not self._is_one(path)):
            raise ConfigError(f"{path} is not a {self.kind} folder; overwrite=True replaces {self.kind} folders only")

    def write(self, path: Path, files: Mapping[str, bytes], *, overwrite: bool) -> None:
        """Write a folder of these files and their checksums: wholly, or not at all.

        Raises:
            ConfigError: something is there already and ``overwrite`` is off, or it would be inside a model folder.
            BundleError: the disk is full or the folder cannot be written.
        """
        self.refuse_existing(path, overwrite=overwrite)
        refuse_model_folder(path)
        sums = "".join(f"{checksum(content)}  {name}\n" for name, content in files.items())
        place = Path(os.path.realpath(path))  # a link stays, and what it leads to is replaced
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with new_folder(place) as folder:
                for name, content in {**files, SUMS: sums.encode()}.items():
                    _write(folder / name, content)
        except OSError as error:
            raise BundleError(f"{path} cannot be written: {error.strerror or error}") from error

    def read(self, path: Path, names: Iterable[str]) -> dict[str, bytes]:
        """The content of some files, checked against their checksums.

        Raises:
            BundleError: a file is missing, changed, or the folder is from a newer reread.
        """
        if not (path / SUMS).is_file():
            raise BundleError(f"{path / SUMS} is missing: the folder is incomplete; {self.made_by} or copy it again")
        sums = read_sums(path)
        self._refuse_newer(path, self._checked(path / self.config, sums))
        return {name: self._checked(path / name, sums) for name in names}

    @contextmanager
    def strange_content(self, path: str | Path) -> Iterator[None]:
        """Turn every error of unexpected content into one about the folder.

        Raises:
            BundleError: instead of the others.
        """
        try:
            yield
        except (BundleError, ConfigError, DataError) as error:
            raise BundleError(f"{path} cannot be read as a {self.kind} folder: {error}") from error
        except STRANGE as error:
            message = f"{path} cannot be read as a {self.kind} folder: {type(error).__name__} {error}"
            raise BundleError(message) from error

    def _is_one(self, folder: Path) -> bool:
        """Whether reread wrote the folder: other programs have a config.json too."""
        if not (folder / SUMS).is_file() or not (folder / self.config).is_file():
            return False
        return _version_of((folder / self.config).read_bytes()) in range(1, self.newest + 1)

    def _checked(self, file: Path, sums: Mapping[str, str]) -> bytes:
        if not file.is_file():
            raise BundleError(f"{file} is missing: the folder is incomplete; {self.made_by} or copy it again")
        content = file.read_bytes()
        if checksum(content) != sums.get(file.name):
            raise BundleError(
                f"{file} differs from its checksum: it is incomplete or was changed; {self.made_by} or copy it again"
            )
        return content

    def _refuse_newer(self, path: Path, config: bytes) -> None:
        """Refuse a folder of a newer format first: it may lack files that this version expects."""
        version = _version_of(config)
        if version is None or version < 1:
            raise BundleError(
                f"{path / self.config} names no format version; expected the config of a {self.kind} folder"
            )
        if version > self.newest:
            raise BundleError(
                f"{path} has format version {version}; this reread reads up to {self.newest}: upgrade reread"
            )


def read_sums(path: Path) -> dict[str, str]:
    """The checksum of each file when the folder was written."""
    lines = (path / SUMS).read_text(encoding="utf-8", errors="replace").splitlines()
    return {name: checksum for checksum, _, name in (line.partition("  ") for line in lines)}


def checksum(content: bytes) -> str:
    """SHA-256 as hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def as_utf8(text: str) -> bytes:
    """A file's content; half of a surrogate pair, which UTF-8 cannot encode, becomes its JSON escape."""
    return text.encode("utf-8", "backslashreplace")


def _version_of(config: bytes) -> int | None:
    """The format version that a file of JSON names."""
    try:
        version = json.loads(config)["format_version"]
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return version if type(version) is int else None


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
