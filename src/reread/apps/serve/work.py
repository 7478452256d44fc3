"""The folder of the server: files that were sent, models, and labellings."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

import msgspec

from reread.bundle import refuse_existing
from reread.errors import ConfigError
from reread.files import is_model_folder, no_place, write_whole
from reread.web.problems import Problem

FILES = 8  # that were sent are kept, the newest
MODELS = 20
NAME, DIGITS = 40, 8  # characters of a file's name, and of its content's checksum
SUFFIX = ".reread"
FULL = 507


class Origin(msgspec.Struct, frozen=True):
    """What a model was trained on.

    Attributes:
        data: the file.
        text: the column with the texts.
        label: that with the labels.
    """

    data: str
    text: str
    label: str


class Work:
    """Such a folder.

    Args:
        path: it; made if it is not there.

    Attributes:
        path: the same, absolute.
        labels: the folder in it that has one for each labelling.

    Raises:
        ConfigError: it cannot be made, or is a model folder.
    """

    def __init__(self, path: Path) -> None:
        if is_model_folder(path):
            raise ConfigError(f"{path} is a model folder; name another one for the files of the page")
        self.path = path.absolute()
        self._data, self._models, self.labels = (self.path / name for name in ("data", "models", "labels"))
        try:
            for folder in (self._data, self._models, self.labels):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ConfigError(no_place(path, error)) from error

    def keep(self, sent: Path, name: str, kind: str) -> str:
        """Keep a file that was sent; what it is called here. The oldest of more than `FILES` goes.

        It is called by its content, too: a name never comes to mean another file.
        """
        with sent.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        place = self._data / f"{_plain(name)}-{content[:DIGITS]}.{kind}"
        shutil.move(sent, place)
        os.utime(place)
        self._forget()
        return place.name

    def _forget(self) -> None:
        """Remove the oldest files."""
        kept = [each for each in self._data.iterdir() if each.is_file()]
        for old in sorted(kept, key=lambda each: each.stat().st_mtime_ns)[:-FILES]:
            old.unlink(missing_ok=True)

    def data(self, name: str) -> Path:
        """A file that was sent.

        Raises:
            Problem: it is not here, or not any more.
        """
        found = next((each for each in self._data.iterdir() if each.name == name and each.is_file()), None)
        if found is None:
            raise Problem(404, f"the file {name!r} is not here any more; send it again")
        return found

    def write(self, content: bytes, name: str) -> Path:
        """Keep a file of ours, as those that were sent."""
        with tempfile.TemporaryDirectory(dir=self.path) as folder:
            file = Path(folder) / "file"
            file.write_bytes(content)
            return self.data(self.keep(file, name, "jsonl"))

    @staticmethod
    def stem(data: Path) -> str:
        """The name that a file was sent with, but for what no name may have."""
        return data.stem.rpartition("-")[0]

    def new_model(self, name: str) -> Path:
        """Where a model of about this name can be written.

        Raises:
            Problem: there are `MODELS` already.
        """
        if sum(is_model_folder(each) for each in self._models.iterdir()) >= MODELS:
            raise Problem(FULL, f"the server's folder holds {MODELS} models; its owner can remove some of them")
        place = free_place(self._models, _plain(name), SUFFIX)
        refuse_existing(place, overwrite=False)
        return place

    def remember(self, model: Path, origin: Origin) -> None:
        """Write down what a model is trained on."""
        write_whole(_note(model), msgspec.json.encode(origin).decode())

    def origin(self, model: Path) -> Origin | None:
        """What a model was trained on; None: not here, or the file is gone."""
        note = _note(model)
        if model.absolute().parent != self._models or not note.is_file():
            return None
        try:
            found = msgspec.json.decode(note.read_bytes(), type=Origin)
            self.data(found.data)
        except (msgspec.DecodeError, Problem):
            return None
        return found

    def spoken(self, words: str) -> str:
        """Words without this folder's place on the machine."""
        return words.replace(f"{self.path}/", "").replace(str(self.path), self.path.name)


def takes_no_file(error: OSError) -> Problem:
    """The folder cannot be written."""
    return Problem(FULL, f"the server's folder takes no file ({error.strerror}); its owner can help")


def _note(model: Path) -> Path:
    return model.with_suffix(".origin.json")


def _plain(name: str) -> str:
    """A name that every system takes."""
    return re.sub(r"[^\w-]+", "-", Path(name.replace("\\", "/")).stem)[:NAME].strip("-_") or "data"


def free_place(folder: Path, name: str, suffix: str = "") -> Path:
    """The first such name in a folder that is free, with a number after it if there has to be one."""
    taken = {each.name.partition(".")[0].casefold() for each in folder.iterdir()}
    number = 1
    while (tried := name if number == 1 else f"{name}-{number}").casefold() in taken:
        number += 1
    return folder / f"{tried}{suffix}"
