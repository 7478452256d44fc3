"""Many files in, as many files of answers out: each whole or not there, and each once, whoever makes it.

A result that is there is passed over, so a run that was killed goes on where it was, and several processes and machines
may share one folder of results.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from reread.bundle import model_checksum, read_bundle
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.parts import Part, Parts, name_of_result, parts_of, results_in
from reread.data.read import open_rows
from reread.errors import BundleError, DataError
from reread.lab.cluster import Cluster
from reread.lab.pieces import Pieces, Work
from reread.lab.scale.asked import check_asked, check_still_asked
from reread.lab.scale.total import Total
from reread.lab.workers import END, Report, Workers
from reread.model.files import Answered, answer_file
from reread.model.load import model_of
from reread.scoring.predict_options import NOTHING, PredictOptions
from reread.typing import override

ROWS = "rows"  # the message that says how many rows of a part are done
TOLD_SECONDS = 1.0  # between two of them
OnRows = Callable[[str, int], None]
"""Is told a part's name and how many of its rows are done."""


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
        separator: of CSV parts, between two fields; None: found in their headers.
        out_format: of the results; None: that of the parts.
        options: which columns to add besides the answers.
        checksum: of the model; None: of the one that is there when the work begins.
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
    separator: str | None = None
    out_format: str | None = None
    options: PredictOptions = NOTHING
    checksum: str | None = None

    @property
    def asked(self) -> dict[str, Any]:
        """All that changes an answer."""
        model = self.checksum or model_checksum(self.model)
        own = {"model": model, "precision": self.opening.get("precision"), "answer": self.answer}
        read = {"text": self.text, "where": self.where, "format": self.file_format, "encoding": self.encoding}
        if self.separator is not None:
            read["separator"] = self.separator
        return {**own, **read, **vars(self.options)}


class Watcher(Protocol):
    """Is told how it goes."""

    def on_progress(self, total: Total) -> None:
        """Some rows have been answered."""


def answer_parts(work: Answering, watcher: Watcher, workers: int = 1, ray: str | None = None) -> Total:
    """Answer every part that has no result.

    Args:
        work: what to do.
        watcher: is told how far it is.
        workers: processes at a time; 1: this one alone.
        ray: the Ray cluster that answers instead, each part a task: auto or HOST:PORT. All machines see the same model,
            parts and folder of results, under the same paths or at addresses.

    Raises:
        ConfigError: two parts have one result, no results can be there, those that are there were made otherwise, or
            there is no such cluster.
        DataError: there are no parts, or one cannot be answered; the results before it stay.
        MissingExtraError: Ray is not installed.
        RereadError: workers die one after the other.
    """
    parts, results = parts_of(work.data, work.out), results_in(work.out)
    names = results_of(parts, work.out_format)
    work = replace(work, checksum=model_checksum(work.model))
    check_asked(results, work.out, names.values(), work.asked)
    missing = [part for part in parts.parts if not results.has(names[part.name])]
    total = Total(len(names), len(names) - len(missing), sum(part.size for part in missing))
    if not missing:
        return total
    if ray is not None:
        with Cluster(ray) as cluster:
            cores = work.opening.get("threads") or 1
            meant = replace(work, opening={**work.opening, "threads": cores})
            _Spread(cluster, meant, total, watcher, missing).run([part.name for part in missing], cores=cores)
        return total
    if workers > 1 and len(missing) > 1:
        _Sharing(work, total, watcher, {part.name: part.size for part in missing}).run(min(workers, len(missing)))
        return total

    def on_rows(part: str, rows: int) -> None:
        total.in_part[part] = rows
        watcher.on_progress(total)

    for part, answered in each_part(work, on_rows):
        total.add(part.name, part.size, answered)
        watcher.on_progress(total)
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


def each_part(work: Answering, on_rows: OnRows) -> Iterator[tuple[Part, Answered]]:
    """Answer the parts that have no result and that no other process holds."""
    opened = Opened(work)
    for part in opened.parts.parts:
        answered = opened.answer(part, on_rows)
        if answered is not None:
            yield part, answered


class Opened:
    """The model, the parts and the place of the results, opened by a process that answers.

    Raises:
        BundleError: the model is not the one that was meant.
        DataError: there are no parts.
    """

    def __init__(self, work: Answering) -> None:
        self.work = work
        self.parts, self.results = parts_of(work.data, work.out), results_in(work.out)
        self.names = results_of(self.parts, work.out_format)
        self._by_name = {part.name: part for part in self.parts.parts}
        self.asked = work.asked
        if work.checksum not in {None, model_checksum(work.model)}:
            raise BundleError(f"{work.model}: another model is there than when the command began; run it again")
        bundle = read_bundle(work.model, **work.opening)
        self.model, self.trained = model_of(bundle, work.answer), bundle.config.text_column

    def part(self, name: str) -> Part:
        """The part of a name.

        Raises:
            DataError: it is not there, on this machine.
        """
        if name not in self._by_name:
            raise DataError(f"{self.work.data}: {name} is not there on a machine of the cluster")
        return self._by_name[name]

    def answer(self, part: Part, on_rows: OnRows) -> Answered | None:
        """Answer a part; None if it has a result or another process holds it."""
        name = self.names[part.name]
        if self.results.has(name):
            return None
        with self.results.claiming(name) as ours:
            if not ours or self.results.has(name):
                return None
            check_still_asked(self.results, self.work.out, self.asked)
            with self.parts.reading(part) as place, self.results.writing(name) as result:
                return self._answer(place, result, _now_and_then(part.name, on_rows))

    def _answer(self, place: str, result: str, on_rows: Callable[[int], None]) -> Answered:
        work = self.work
        rows = open_rows(
            place, format=work.file_format, encoding=work.encoding, separator=work.separator, may_be_empty=True
        )
        try:
            text = choose_column(rows.columns, work.text, TEXT_COLUMNS, "text", trained=self.trained)
        except DataError as error:
            raise DataError(f"{rows.name}: {error}") from error
        return answer_file(
            rows,
            text,
            self.model,
            result,
            options=work.options,
            out_format=work.out_format,
            where=work.where,
            may_be_empty=True,
            on_rows=on_rows,
        )


def _now_and_then(part: str, on_rows: OnRows) -> Callable[[int], None]:
    last = time.monotonic()

    def told(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TOLD_SECONDS:
            last = time.monotonic()
            on_rows(part, rows)

    return told


class _Sharing(Workers):
    """Processes that share the parts."""

    def __init__(self, work: Answering, total: Total, watcher: Watcher, sizes: dict[str, int]) -> None:
        super().__init__(_share, work)
        self.total, self.watcher, self.sizes = total, watcher, sizes

    @override
    def heard(self, worker: Connection, kind: str, content: Any) -> None:
        name, found = content
        if kind == ROWS:
            self.total.in_part[name] = found
        else:
            self.total.add(name, self.sizes[name], found)
        self.watcher.on_progress(self.total)


def _share(work: Answering, report: Report) -> None:
    for part, answered in each_part(work, lambda name, rows: report(ROWS, (name, rows))):
        report(END, (part.name, answered))


class _Spread(Pieces):
    """Machines that share the parts."""

    def __init__(
        self, cluster: Cluster, work: Answering, total: Total, watcher: Watcher, missing: Sequence[Part]
    ) -> None:
        super().__init__(cluster, Work(Opened, _answer_part, work))
        self.total, self.watcher = total, watcher
        self.sizes = {part.name: part.size for part in missing}
        self.results = results_in(work.out)
        self.names = {part.name: name_of_result(part, work.out_format) for part in missing}

    @override
    def heard(self, piece: str, kind: str, content: Any) -> None:
        self.total.machines, self.total.under_way = self.done_by, Counter(self.where.values())
        if kind == ROWS:
            self.total.in_part[piece] = content
        elif kind == END:
            self.total.add(piece, self.sizes[piece], content or Answered())
        self.watcher.on_progress(self.total)

    @override
    def is_there(self, piece: str) -> bool:
        return self.results.has(self.names[piece])


def _answer_part(opened: Opened, name: str, report: Report) -> Answered | None:
    return opened.answer(opened.part(name), lambda _, rows: report(ROWS, rows))
