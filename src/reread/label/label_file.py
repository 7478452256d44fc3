"""The file of labels: a line of JSON for each, which is on the disk before anyone is told that it is kept."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import FileIO
from itertools import accumulate
from pathlib import Path
from typing import Any

from reread.errors import ConfigError, DataError
from reread.label.questions import Answer, Question
from reread.locks import lock


class ChangedError(DataError):
    """The file of labels is not as it was left: it has to be opened anew."""


@dataclass(frozen=True)
class Label:
    """One label.

    Attributes:
        row: the number of its text's row in the file of texts, from 1.
        text: the text.
        label: the answer.
        by: who gave it.
        at: when, ISO 8601 in UTC.
        after: of a second answer to a text: how many first ones there were; None: it is a first one.
    """

    row: int
    text: str
    label: Answer
    by: str
    at: str
    after: int | None = None

    def line(self, question: Question) -> bytes:
        """As it stands in the file."""
        said = {"row": self.row, "text": self.text, **question.fields(self.label), "by": self.by, "at": self.at}
        if self.after is not None:
            said["after"] = self.after
        return json.dumps(said, ensure_ascii=False).encode() + b"\n"


class LabelFile:
    """Labels in the order in which they were given; use `open_labels`.

    A label is appended, and one that is taken back is cut off, so the file holds at any time what is to be trained on,
    and a process that is killed leaves at most half of the line that it was writing.

    Args:
        path: the file.
        stream: the same, open for reading and appending, without a buffer.
        question: what was asked.

    Attributes:
        labels: what stands in it.
        dropped: bytes of half a line at the end, which were cut off when it was opened.

    Raises:
        DataError: it holds something else than labels, or answers to another question.
    """

    def __init__(self, path: Path, stream: FileIO, question: Question) -> None:
        self.path = path
        self._stream, self._question = stream, question
        content = stream.readall()
        self.labels: list[Label] = []
        self._starts: list[int] = []  # of each line
        self._size = 0
        for line in _lines(content):
            if not line.endswith(b"\n") and not _is_json(line):
                break
            if line.strip():
                self.labels.append(read_line(line, question, f"{path}, line {len(self.labels) + 1}"))
                self._starts.append(self._size)
            self._size += len(line)
        self.dropped = len(content) - self._size
        if self.dropped:
            stream.truncate(self._size)
        elif content and not content.endswith(b"\n"):  # all of a label but the end of its line
            self._write(b"\n")

    def append(self, *labels: Label) -> None:
        """Keep labels; when this returns, they are on the disk.

        Raises:
            ChangedError: another program has changed or removed the file.
            OSError: they could not be written; the file is as before.
        """
        self._check_unchanged()
        lines = [label.line(self._question) for label in labels]
        starts = list(accumulate(map(len, lines), initial=self._size))[:-1]
        self._write(b"".join(lines))
        self.labels += labels
        self._starts += starts

    def take_back(self) -> Label:
        """Cut the last label off; when this returns, that is on the disk.

        Raises:
            DataError: there is none.
            ChangedError: another program has changed or removed the file.
            OSError: the file could not be cut, and is as before; or that it is cut may not be on the disk yet.
        """
        if not self.labels:
            raise DataError("there is no label to take back")
        self._check_unchanged()
        self._stream.truncate(self._starts[-1])
        self._size = self._starts.pop()
        taken = self.labels.pop()
        os.fsync(self._stream.fileno())
        return taken

    def _write(self, data: bytes) -> None:
        try:
            left = memoryview(data)
            while left:
                left = left[self._stream.write(left) :]
            os.fsync(self._stream.fileno())
        except OSError:
            with suppress(OSError):
                self._stream.truncate(self._size)
            raise
        self._size += len(data)

    def _check_unchanged(self) -> None:
        here = os.fstat(self._stream.fileno())
        try:
            there: os.stat_result | None = self.path.stat()
        except OSError:
            there = None
        if there is None or not os.path.samestat(here, there):
            raise ChangedError(f"{self.path} was removed or replaced by another program")
        if here.st_size != self._size:
            raise ChangedError(f"{self.path} was changed by another program")


@contextmanager
def open_labels(path: Path, question: Question, *, keep_empty: bool = True) -> Iterator[LabelFile]:
    """The file of labels, a new one if there is none; no other process can open it meanwhile.

    Args:
        path: the file.
        question: what is asked.
        keep_empty: whether the file stays though it holds nothing in the end.

    Raises:
        ConfigError: another process has it open.
        DataError: it holds something else than labels, or answers to another question.
        OSError: it cannot be opened.
    """
    with lock(path.parent, f".{path.name}", tidy=True) as held:
        if not held:
            raise ConfigError(f"{path}: another reread label has it open; end that one, or choose another file")
        try:
            with FileIO(path, "a+") as stream:
                stream.seek(0)
                _keep_name(path.parent)
                yield LabelFile(path, stream, question)
        finally:
            if not keep_empty and path.exists() and not path.stat().st_size:
                path.unlink()


def _keep_name(folder: Path) -> None:
    """A new file's name is on the disk too."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def read_labels(path: Path, question: Question) -> list[Label]:
    """The labels in a file that nobody need have open.

    Raises:
        DataError: it holds something else than labels, or answers to another question.
        OSError: it cannot be read.
    """
    lines = (line for line in _lines(path.read_bytes()) if line.strip())
    return [read_line(line, question, f"{path}, line {number}") for number, line in enumerate(lines, 1)]


def read_line(line: bytes, question: Question, place: str) -> Label:
    """One label; ``place`` is where it stands, for messages.

    Raises:
        DataError: it is none, or an answer to another question.
    """
    try:
        said: Any = json.loads(line)
        row, text, label = said["row"], said["text"], question.read(said)
        by, at, after = said.get("by", ""), said.get("at", ""), said.get("after")
    except DataError as error:
        raise DataError(f"{place}: {error}; ask as it was asked before, or choose another file") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(f"{place}: is no label; expected a JSON object with row, text and {question.field}") from error
    if type(row) is not int or not all(isinstance(each, str) for each in (text, by, at)):
        raise DataError(f"{place}: is no label; expected a whole number as row, and a text as text")
    return Label(row, text, label, by, at, after if type(after) is int else None)


def _lines(content: bytes) -> Iterator[bytes]:
    """Lines, which end with a line feed and nothing else."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start) + 1 or len(content)
        yield content[start:end]
        start = end


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
