"""Many files in, as many files of answers out: each whole or not there, and each once, whoever makes it.

A result that is there is passed over, so a run that was killed goes on where it was, and several processes and machines
may share one folder of results.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from reread.bundle import read_bundle
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.parts import Part, Parts, name_of_result, parts_of, results_in
from reread.data.read import open_rows
from reread.errors import DataError
from reread.lab.workers import END, Report, Workers
from reread.model.base import Model
from reread.model.files import Answered, answer_file
from reread.model.load import model_of
from reread.scoring.predict_options import NOTHING, PredictOptions
from reread.typing import override


@dataclass(frozen=True, kw_only=True)
class Answering:
    """What is answered, with what, and where the answers go.

    Attributes:
        model: the model folder.
        opening: the options with which it is opened, as of `reread.bundle.read_bundle`.
        answer: the part of the folder that answers; None: the one that does by default.
        data: a folder, a pattern or an address with the parts.
        out: the folder or address of the results.
        text: the column with the texts; None: that of training, or the one with a usual name.
        where: pairs of column and value: only rows that have them.
        file_format: of the parts; None: by their names.
        encoding: of the parts; None: detected.
        out_format: of the results; None: that of the parts.
        options: which columns to add besides the answers.
    """

    model: Path
    opening: dict[str, Any] = field(default_factory=dict)
    answer: str | None = None
    data: str
    out: str
    text: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    file_format: str | None = None
    encoding: str | None = None
    out_format: str | None = None
    options: PredictOptions = NOTHING


@dataclass
class Total:
    """How far the work is.

    Attributes:
        parts: how many there are.
        there: results that were there before.
        done: parts that were answered, here or by others.
        size: bytes of the parts that were to be answered.
        read: bytes of those that are done.
        answered: what became of the rows that were answered here.
        seconds: since the work began.
    """

    parts: int
    there: int
    size: int
    done: int = 0
    read: int = 0
    answered: Answered = field(default_factory=Answered)
    started: float = field(default_factory=time.monotonic)

    def add(self, size: int, answered: Answered) -> None:
        """A part has been answered."""
        self.done += 1
        self.read += size
        self.answered.rows += answered.rows
        self.answered.failed += answered.failed
        self.answered.abstained += answered.abstained
        self.answered.texts = self.answered.texts or answered.texts

    @property
    def seconds(self) -> float:
        """Since the work began."""
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take, by the bytes that are done; None if none are."""
        return self.seconds * (self.size - self.read) / self.read if self.read else None


class Watcher(Protocol):
    """Is told how it goes."""

    def on_part(self, total: Total) -> None:
        """A part has been answered."""


def answer_parts(work: Answering, watcher: Watcher, workers: int = 1) -> Total:
    """Answer every part that has no result.

    Args:
        work: what to do.
        watcher: is told of every part.
        workers: processes at a time; 1: this one alone.

    Raises:
        ConfigError: two parts have one result, or no results can be there.
        DataError: there are no parts, or one cannot be answered; the results before it stay.
        RereadError: workers die one after the other.
    """
    parts, results = parts_of(work.data, work.out), results_in(work.out)
    names = results_of(parts, work.out_format)
    missing = [part for part in parts.parts if not results.has(names[part.name])]
    total = Total(len(names), len(names) - len(missing), sum(part.size for part in missing))
    if not missing:
        return total
    if workers > 1 and len(missing) > 1:
        _Sharing(work, total, watcher, {part.name: part.size for part in missing}).run(min(workers, len(missing)))
        return total
    for part, answered in each_part(work):
        total.add(part.size, answered)
        watcher.on_part(total)
    return total


def results_of(parts: Parts, out_format: str | None) -> dict[str, str]:
    """The name of each part's result.

    Raises:
        DataError: two parts would have the same, or one's format has no columns.
    """
    names: dict[str, str] = {}
    made: dict[str, str] = {}
    for part in parts.parts:
        name = names[part.name] = name_of_result(part, out_format)
        if name in made:
            raise DataError(f"{made[name]} and {part.name} would both be answered in {name}; rename one of them")
        made[name] = part.name
    return names


def each_part(work: Answering) -> Iterator[tuple[Part, Answered]]:
    """Answer the parts that have no result and that no other process holds."""
    parts, results = parts_of(work.data, work.out), results_in(work.out)
    names = results_of(parts, work.out_format)
    bundle = read_bundle(work.model, **work.opening)
    model, trained = model_of(bundle, work.answer), bundle.config.text_column
    for part in parts.parts:
        name = names[part.name]
        if results.has(name):
            continue
        with results.claiming(name) as ours:
            if not ours or results.has(name):
                continue
            with parts.reading(part) as place, results.writing(name) as result:
                answered = _answer(work, model, trained, place, result)
            yield part, answered


def _answer(work: Answering, model: Model, trained: str, place: str, result: str) -> Answered:
    rows = open_rows(place, format=work.file_format, encoding=work.encoding, may_be_empty=True)
    try:
        text = choose_column(rows.columns, work.text, TEXT_COLUMNS, "text", trained=trained)
    except DataError as error:
        raise DataError(f"{rows.name}: {error}") from error
    return answer_file(
        rows,
        text,
        model,
        result,
        options=work.options,
        out_format=work.out_format,
        where=work.where,
        may_be_empty=True,
    )


class _Sharing(Workers):
    """Processes that share the parts."""

    def __init__(self, work: Answering, total: Total, watcher: Watcher, sizes: dict[str, int]) -> None:
        super().__init__(_share, work)
        self.total, self.watcher, self.sizes = total, watcher, sizes

    @override
    def heard(self, worker: Connection, kind: str, content: Any) -> None:
        name, answered = content
        self.total.add(self.sizes[name], answered)
        self.watcher.on_part(self.total)


def _share(work: Answering, report: Report) -> None:
    for part, answered in each_part(work):
        report(END, (part.name, answered))
