"""The rows of a file in parts, and the records that come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reread.apps.serve import limits
from reread.apps.serve.cost import about_tokens
from reread.apps.serve.parquet_files import unpacked
from reread.apps.serve.replies import Columns
from reread.apps.serve.unpack import COMPRESSED, NAME
from reread.apps.serve.waiting import BATCH_TOKENS
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.encodings import find_encoding
from reread.data.formats.json_array import is_array
from reread.data.read import Row, Rows
from reread.data.source import Source
from reread.data.text_stream import open_text
from reread.errors import ConfigError, DataError
from reread.model.base import Model
from reread.model.rows import answer_columns, problem_of
from reread.scoring.batches import ERROR
from reread.scoring.predict_options import PredictOptions
from reread.tasks.single_label import PROBABILITY
from reread.web.problems import Problem

TOGETHER = 1024  # rows
SHOWN, CHARACTERS = 3, 300  # rows of a look at a file, and of each value


@dataclass(frozen=True)
class Sheet:
    """The columns of a file, and those of its answers.

    Attributes:
        columns: of the file.
        text: the column with the texts.
        added: of the answers, the error last.
        parts: the names of a joint model's targets.
    """

    columns: Sequence[str]
    text: str
    added: Sequence[str]
    parts: Sequence[str]

    def record(self, row: Row, answer: Mapping[str, Any]) -> list[Any]:
        """A row with its answer."""
        cells = _cells(answer, self.parts)
        own = [row.values.get(column) for column in self.columns]
        return [*own, *map(cells.get, self.added[:-1]), answer[ERROR] or ""]


def open_file(path: Path, kind: str, encoding: str | None) -> Rows:
    """The rows of a file.

    Args:
        path: the file.
        kind: its format.
        encoding: of it; None: detected.

    Raises:
        Problem: it cannot be read, is compressed, or has too many columns or too long a line.
    """
    if kind == "parquet":
        path, kind = unpacked(path), "jsonl"
    with _told():
        source = Source(path)
    source.name = NAME
    if source.compression:  # a small file could become an endless one
        raise Problem(422, COMPRESSED)
    if kind == "jsonl":
        _check_lines(source)
    with _told("encoding"):
        found = find_encoding(source, encoding)
    with _told():
        if kind == "jsonl":
            _refuse_array(source, found)
        rows = Rows(source, kind, found)
    if len(rows.columns) > limits.COLUMNS:
        raise Problem(422, f"{NAME} has {len(rows.columns):,} columns; expected at most {limits.COLUMNS:,}")
    return rows


def _check_lines(source: Source) -> None:
    """Refuse lines of JSON that could take many times their length in memory.

    Raises:
        Problem: one is too long.
    """
    with source.open() as stream:
        if any(len(line) > limits.LINE for line in iter(lambda: stream.readline(limits.LINE + 1), b"")):
            raise Problem(422, f"{NAME} has a line of more than {limits.LINE:,} bytes")


def _refuse_array(source: Source, encoding: str | None) -> None:
    """Refuse a JSON array: no line bounds its objects.

    Raises:
        Problem: it is one.
    """
    with open_text(source, encoding) as text:
        if is_array(text):
            raise Problem(422, f"{NAME} is a JSON array; send one object per line")


def columns_of(rows: Rows, trained: str | None) -> Columns:
    """The columns of a file, and a look at its first rows.

    Args:
        rows: the file.
        trained: the column of the texts that the model was trained on.
    """
    text, why = None, None
    try:
        text = choose_column(rows.columns, None, TEXT_COLUMNS, "text", trained=trained)
    except DataError as error:
        why = str(error)
    first: list[list[str]] = []
    number = 0
    for row in rows:
        number += 1
        if len(first) < SHOWN:
            first.append([_shown(row.values.get(column)) for column in rows.columns])
    return Columns(columns=list(rows.columns), text=text, why=why, rows=number, first=first)


def _shown(value: Any) -> str:
    """The start of a value."""
    return "" if value is None else str(value)[:CHARACTERS].encode("utf-8", "backslashreplace").decode()


def sheet_of(rows: Rows, text: str | None, model: Model, trained: str | None, options: PredictOptions) -> Sheet:
    """What comes back for a file.

    Args:
        rows: the file.
        text: the column with the texts; None: that of training, or the one with a usual name.
        model: the model.
        trained: the column of training.
        options: what is asked for besides the answers.

    Raises:
        Problem: there is no such column, the file has one that is added, or the model cannot give what is asked for.
    """
    with _told("text"):
        column = choose_column(rows.columns, text, TEXT_COLUMNS, "text", trained=trained)
    with _told():
        added = answer_columns(model, options)
    clash = [name for name in added if name in rows.columns]
    if clash:
        raise Problem(422, f'{NAME} has a column "{clash[0]}" already, which the answers would add; rename it first')
    return Sheet(rows.columns, column, added, list(model.task.parts))


@contextmanager
def _told(parameter: str | None = None) -> Iterator[None]:
    """Tell who asks what is wrong, and which parameter of the address would help."""
    try:
        yield
    except (ConfigError, DataError) as error:
        raise Problem(422, str(error), parameter=parameter) from error


def parts_of(rows: Iterable[Row], text: str) -> Iterator[list[tuple[Row, str]]]:
    """Rows that are answered together, each with why it has no answer, or with an empty text."""
    part: list[tuple[Row, str]] = []
    tokens = 0
    for row in rows:
        problem = problem_of(row, text)
        size = 0 if problem else about_tokens(row.values[text])
        if size > limits.TOKENS:
            problem, size = f"text has {size:,} tokens or so; expected at most {limits.TOKENS:,}", 0
        if part and (len(part) >= TOGETHER or tokens + size > BATCH_TOKENS):
            yield part
            part, tokens = [], 0
        part.append((row, problem))
        tokens += size
    if part:
        yield part


def _cells(answer: Mapping[str, Any], parts: Sequence[str]) -> dict[str, Any]:
    """The values of an answer by the names of their columns."""
    if answer[ERROR]:
        return {}
    if not parts:
        return _named(answer, "")
    return {
        name: value
        for part in parts
        for name, value in _named(
            {key: of[part] for key, of in answer.items() if of is not None and part in of}, f"{part}."
        ).items()
    }


def _named(answer: Mapping[str, Any], start: str) -> dict[str, Any]:
    chances = answer.get("probabilities") or {}
    others = {name: value for name, value in answer.items() if name not in {"probabilities", ERROR}}
    return {
        **{f"{start}{name}": value for name, value in others.items()},
        **{f"{start}{PROBABILITY}{label}": value for label, value in chances.items()},
    }
