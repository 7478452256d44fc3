"""Labellings in the folder of the server: the texts, what is asked about them, and the labels."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reread.apps.serve.file_rows import open_file
from reread.apps.serve.labelling.bodies import Begin, Begun, Counts
from reread.apps.serve.work import FULL, Work, free_place, takes_no_file
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.errors import ConfigError, DataError
from reread.label.asking import question_in
from reread.label.questions import Question
from reread.label.texts import Texts, read_texts
from reread.web.problems import Problem

MOST = 50  # labellings
NOTE, LABELS = "labelling.json", "labels.jsonl"


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What is written down of a labelling when it is begun.

    Attributes:
        file: with the texts.
        text: the column of them.
        texts: how many there are, each once.
        kind, asked, blind, by: as in `Begin`.
    """

    file: str
    text: str
    texts: int
    kind: str
    asked: str
    blind: bool
    by: str

    def question(self) -> Question:
        """What is asked about each text.

        Raises:
            ConfigError: it cannot be asked.
        """
        return question_in(self.kind, self.asked)


@dataclass(frozen=True)
class Kept:
    """One labelling: a folder, and the note in it."""

    path: Path
    note: Note

    @property
    def labels(self) -> Path:
        """The file of labels."""
        return self.path / LABELS

    def texts(self) -> Texts:
        """The texts.

        Raises:
            Problem: they cannot be read.
        """
        return _texts(self.path / self.note.file, self.note.text)

    def lines(self) -> bytes:
        """What the file of labels holds, but for a line that is being written."""
        content = self.labels.read_bytes() if self.labels.is_file() else b""
        return content[: content.rfind(b"\n") + 1]

    def begun(self) -> Begun:
        """How far it is."""
        return Begun(self.path.name, self.note.kind, self.note.asked, self.lines().count(b"\n"), self.note.texts)


class Shelf:
    """All of them.

    Args:
        work: the folder of the server.
    """

    def __init__(self, work: Work) -> None:
        self._work = work

    def count(self, name: str, column: str) -> Counts:
        """What a column of a file that was sent holds.

        Raises:
            Problem: the file or the column is not there, or cannot be read.
        """
        data = self._work.data(name)
        texts = _texts(data, _column(data, column))
        return Counts(len(texts), texts.equal, texts.unreadable.total(), _why(texts))

    def begin(self, asked: Begin) -> Kept:
        """A new labelling of a file that was sent.

        Raises:
            Problem: what is asked or the file is wrong, or there are too many.
        """
        data = self._work.data(asked.data)
        column = _column(data, asked.text)
        texts = _texts(data, column)
        note = Note(
            file=f"texts{data.suffix}",
            text=column,
            texts=len(texts),
            kind=asked.kind,
            asked=asked.asked,
            blind=asked.blind,
            by=asked.by.strip(),
        )
        try:
            note.question()
        except ConfigError as error:
            raise Problem(422, str(error), field="/asked") from error
        if not note.texts:
            raise Problem(422, f'no row has a text in the column "{column}": {_why(texts)}', field="/text")
        if sum(each.is_dir() for each in self._work.labels.iterdir()) >= MOST:
            raise Problem(FULL, f"the server's folder holds {MOST} labellings; its owner can remove some of them")
        try:
            return Kept(self._written(data, note), note)
        except OSError as error:
            raise takes_no_file(error) from error

    def _written(self, data: Path, note: Note) -> Path:
        """The folder, which appears whole."""
        with tempfile.TemporaryDirectory(dir=self._work.path) as made:
            folder = Path(made) / "labelling"
            folder.mkdir()
            shutil.copyfile(data, folder / note.file)
            (folder / NOTE).write_bytes(msgspec.json.encode(note))
            return folder.rename(free_place(self._work.labels, self._work.stem(data)))

    def all(self) -> list[Kept]:
        """Those that there are, that which was worked on last first."""
        found = [kept for each in self._work.labels.iterdir() if (kept := _kept(each)) is not None]
        return sorted(found, key=_worked_on, reverse=True)

    def find(self, name: str) -> Kept:
        """One of them.

        Raises:
            Problem: it is not there.
        """
        found = next((each for each in self._work.labels.iterdir() if each.name == name), None)
        kept = None if found is None else _kept(found)
        if kept is None:
            raise Problem(404, f"there is no labelling {name!r} here")
        return kept


def _kept(path: Path) -> Kept | None:
    try:
        return Kept(path, msgspec.json.decode((path / NOTE).read_bytes(), type=Note))
    except (OSError, msgspec.DecodeError):
        return None


def _worked_on(kept: Kept) -> int:
    file = kept.labels if kept.labels.is_file() else kept.path / NOTE
    return file.stat().st_mtime_ns


def _column(path: Path, asked: str | None) -> str:
    columns = open_file(path, path.suffix.removeprefix("."), None).columns
    try:
        return choose_column(columns, asked, TEXT_COLUMNS, "text")
    except DataError as error:
        raise Problem(422, str(error), field="/text") from error


def _why(texts: Texts) -> str | None:
    """Why most rows are left out."""
    return next((reason for reason, _ in texts.unreadable.most_common(1)), None)


def _texts(path: Path, column: str) -> Texts:
    try:
        return read_texts(open_file(path, path.suffix.removeprefix("."), None), column)
    except DataError as error:
        raise Problem(422, str(error), field="/data") from error
