"""What `reread weak` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.apps.cli.arguments.weak import WeakArguments
from reread.apps.cli.columns import chosen_rows, refuse_clash
from reread.apps.cli.console import errors, number_of, print_json, results, rows_table
from reread.apps.cli.places import check_place
from reread.apps.cli.weak_rounds import print_rounds, student_of
from reread.data.columns import TEXT_COLUMNS, choose_column
from reread.data.read import Row, Rows, open_rows
from reread.data.source import STANDARD_STREAM
from reread.data.store import TextStore
from reread.data.values import is_missing
from reread.data.write import RowWriter, open_writer
from reread.errors import ConfigError, DataError
from reread.model.rows import chunks, problem_of
from reread.scoring.batches import ERROR
from reread.tasks.labels import ClassIndex, Label, listing
from reread.tasks.single_label import probability_columns
from reread.weak.joins import Joined, joins
from reread.weak.kinds import Chunk
from reread.weak.reading import read_rules
from reread.weak.refining import Round, refine
from reread.weak.rules import NO_VOTE, Ballot, Votes
from reread.weak.summary import Summary, summarise
from reread.wording import number, percent

PREDICTION = "prediction"
VOTES = "votes"
FEW = 30  # votes, of which less tell little about how right a rule is


def weak(arguments: WeakArguments) -> None:
    """Run `reread weak`."""
    if arguments.as_json and arguments.out == STANDARD_STREAM:
        raise ConfigError("--json would mix with the labels on standard output; name a file for them with -o FILE")
    join, student = joins.get(arguments.join)(), student_of(arguments)
    rules = read_rules(arguments.rules)
    if arguments.out is not None:
        check_place(arguments.out, [arguments.data, arguments.rules, *rules.files()], "where the labels go")
    rows = open_rows(
        arguments.data, format=arguments.file_format, encoding=arguments.encoding, separator=arguments.separator
    )
    table = _table(arguments, rows)
    writer = _writer(arguments, rows, rules.classes)
    cast = _cast(table, rules.open(rows.columns, arguments.threads), keep_texts=student is not None)
    _refuse_silence(arguments, table, cast)
    votes, truth = cast.votes[cast.readable], None if cast.truth is None else cast.truth[cast.readable]
    rounds = arguments.refine or 0
    refined = refine(cast.texts, votes, rules.classes, join, student=student, rounds=rounds, truth=truth)
    if writer is not None:
        with writer:
            _write(writer, table, rules.classes, cast, refined.joined)
    names = [rule.name for rule in rules.rules]
    _report(arguments, cast, summarise(names, rules.classes, votes, refined.joined, truth), refined.rounds)


def _writer(arguments: WeakArguments, rows: Rows, classes: Sequence[Label]) -> RowWriter | None:
    """The writer of rows with their labels, if ``--out`` is given.

    Raises:
        DataError: the rows have a column already that is added, or there is no such format or place.
    """
    if arguments.out is None:
        return None
    added = [PREDICTION, *_probabilities(classes), VOTES, ERROR]
    refuse_clash(rows, added, "weak")
    return open_writer(arguments.out, [*rows.columns, *added], format=arguments.out_format)


@dataclass(frozen=True)
class _Table:
    """The rows to label: the file, its column of texts, that of true labels, and which rows are asked for."""

    rows: Rows
    text: str
    label: str | None
    wanted: Callable[[Row], bool]

    def __iter__(self) -> Iterator[Row]:
        return (row for row in self.rows if row.problem or self.wanted(row))


@dataclass(frozen=True)
class _Cast:
    """The votes on all rows, why some cannot be voted on, by their number, and the true classes if they are known.

    The texts of the others are kept for a model that learns from them.
    """

    votes: Votes
    problems: dict[int, str]
    truth: NDArray[np.int64] | None
    texts: TextStore

    @property
    def readable(self) -> NDArray[np.int64]:
        """The rows that can be voted on."""
        return np.setdiff1d(np.arange(len(self.votes)), list(self.problems))


def _table(arguments: WeakArguments, rows: Rows) -> _Table:
    wanted = chosen_rows(arguments, rows)
    try:
        text = choose_column(rows.columns, arguments.text, TEXT_COLUMNS, "text")
        label = None if arguments.label is None else choose_column(rows.columns, arguments.label, (), "label")
    except DataError as error:
        raise DataError(f"{rows.name}: {error}") from error
    if not any(row.problem or wanted(row) for row in rows):
        raise DataError(f"{rows.name}: no row has {', '.join(arguments.where)}")
    return _Table(rows, text, label, wanted)


def _cast(table: _Table, ballot: Ballot, *, keep_texts: bool) -> _Cast:
    """Read the rows once."""
    texts = TextStore()
    parts, problems, truth = list[Votes](), dict[int, str](), list[int]()
    index, start = ClassIndex(ballot.rules.classes), 0
    for chunk in chunks(table, table.text, 1):
        found = {row: problem for row, each in enumerate(chunk) if (problem := problem_of(each, table.text))}
        good = [row for row in range(len(chunk)) if row not in found]
        votes = np.full((len(chunk), len(ballot.rules.rules)), NO_VOTE, dtype=np.int16)
        values = [chunk[row].values for row in good]
        votes[good], failed = ballot.votes(Chunk([row[table.text] for row in values], values))
        found |= {good[row]: problem for row, problem in failed.items()}
        if table.label is not None:
            truth += [NO_VOTE if row in found else _true_class(table, each, index) for row, each in enumerate(chunk)]
        if keep_texts:
            for row in good:
                if row not in found:
                    texts.append(chunk[row].values[table.text])
        problems |= {start + row: problem for row, problem in found.items()}
        parts.append(votes)
        start += len(chunk)
    return _Cast(np.concatenate(parts), problems, None if table.label is None else np.asarray(truth), texts)


def _refuse_silence(arguments: WeakArguments, table: _Table, cast: _Cast) -> None:
    """Refuse rows on which no rule votes.

    Raises:
        DataError: there is not one vote.
    """
    if (cast.votes != NO_VOTE).any():
        return
    if not len(cast.readable):
        row, problem = min(cast.problems.items())
        raise DataError(f"{table.rows.name}: no row can be voted on; the first is row {row + 1:,}: {problem}")
    raise DataError(
        f"{table.rows.name}: no rule of {arguments.rules} votes on any row; write rules for what the texts say, and "
        f'look whether they stand in the column "{table.text}"'
    )


def _true_class(table: _Table, row: Row, index: ClassIndex) -> int:
    value = row.values[str(table.label)]
    if is_missing(value):
        return NO_VOTE
    try:
        return index(value)
    except DataError as error:
        raise DataError(f"{table.rows.place(row.line)}: {error}") from error


def _probabilities(classes: Sequence[Label]) -> list[str]:
    """The names of the columns of probabilities, as `reread predict` has them."""
    return list(probability_columns(classes, np.empty((0, len(classes)))))


def _write(writer: RowWriter, table: _Table, classes: Sequence[Label], cast: _Cast, joined: Joined) -> None:
    """Read the rows once more, and write each with its label.

    Raises:
        DataError: they are no longer as many.
    """
    names = _probabilities(classes)
    answers: list[dict[str, Any]] = [
        {PREDICTION: classes[choice], **dict(zip(names, shares, strict=True))}
        for choice, shares in zip(joined.choices.tolist(), joined.table.tolist(), strict=True)
    ]
    answers.append(dict.fromkeys([PREDICTION, *names]))  # NO_VOTE finds the last one
    counts = (cast.votes != NO_VOTE).sum(axis=1).tolist()
    places = np.full(len(counts), NO_VOTE)
    places[cast.readable] = joined.places
    written = 0
    for row in table:
        if written < len(counts):
            problem = cast.problems.get(written, "")
            votes = None if problem else counts[written]
            writer.write({**row.values, **answers[places[written]], VOTES: votes, ERROR: problem})
        written += 1
    if written != len(counts):
        raise DataError(f"{table.rows.name}: changed while it was read; run the command again")


def _report(arguments: WeakArguments, cast: _Cast, summary: Summary, rounds: Sequence[Round]) -> None:
    rows, failed = len(cast.votes), len(cast.problems)
    if arguments.as_json:
        others = {"rows": rows, "failed": failed, "join": arguments.join, "out": arguments.out}
        print_json({**summary.to_config(), **others, "rounds": [each.to_config() for each in rounds]})
    elif arguments.out != STANDARD_STREAM:
        _print(summary)
        if rounds:
            print_rounds(rounds, summary)
    if summary.unnamed and not arguments.quiet:
        errors.print(f"no rule votes for {listing(summary.unnamed)}")
    if summary.silent and arguments.out is not None and not (rounds or arguments.quiet):
        silent = number_of(summary.silent, "row")
        errors.print(
            f"{silent} without a vote: reread train, which reads the probabilities, leaves such rows out; "
            "--refine 2 labels them"
        )
    if failed:
        errors.print(f"{failed:,} of {number_of(rows, 'row')} could not be voted on; {_reason(arguments, cast)}")
    elif not arguments.quiet and arguments.out not in {None, STANDARD_STREAM}:
        errors.print(f"{number_of(rows, 'row')} written to {arguments.out}")


def _reason(arguments: WeakArguments, cast: _Cast) -> str:
    """Where the reasons are, or the first one."""
    if arguments.out is not None:
        return "the error column says why"
    row, problem = min(cast.problems.items())
    return f"the first is row {row + 1:,}: {problem}"


def _print(summary: Summary) -> None:
    known = summary.true_accuracy is not None
    header = ("rule", "votes", "coverage", "overlaps", "conflicts", "accuracy (estimated)")
    rows = [
        (
            rule.name,
            f"{rule.votes:,}",
            percent(rule.coverage),
            f"{rule.overlaps:,}",
            f"{rule.conflicts:,}",
            f"{'~' if 0 < rule.votes < FEW else ''}{number(rule.accuracy)}",
            *((number(rule.true_accuracy),) if known else ()),
        )
        for rule in summary.rules
    ]
    results.print(rows_table((*header, "true accuracy") if known else header, rows))
    if any(0 < rule.votes < FEW for rule in summary.rules):
        results.print(f"~ estimated from fewer than {FEW} votes: little more than a guess")
    covered = summary.rows - summary.silent
    results.print(
        f"\n{number_of(summary.rows, 'row')}, {covered:,} with a vote, {summary.silent:,} without one "
        f"({percent(summary.silent / max(summary.rows, 1))})"
    )
    if covered:
        shares = ", ".join(f"{label} {percent(share)}" for label, share in summary.shares.items())
        results.print(f"mean probability of each class: {shares}")
    if known:
        results.print(f"true accuracy of the labels: {number(summary.true_accuracy)}")
