"""What `reread audit` does."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import chain

from rich.table import Table

from reread.apps.cli.arguments.audit import AuditArguments
from reread.apps.cli.console import errors, number_of, print_json, results, rows_table
from reread.apps.cli.findings import finding_lines
from reread.apps.cli.places import check_place, check_rejects
from reread.apps.cli.streams import harmless
from reread.apps.cli.where import parse_where
from reread.data.examples import ColumnRequest, TargetRequest
from reread.data.source import STANDARD_STREAM
from reread.data.write import RowWriter, open_writer
from reread.errors import ConfigError
from reread.insight.audit.checks import Settings, checks
from reread.insight.audit.predictors import check_predictor
from reread.insight.audit.reading import read_audit_groups
from reread.insight.audit.run import FIELDS, Audit, audit

WIDTH = 90  # characters of a text that the terminal shows


def audit_command(arguments: AuditArguments) -> None:
    """Run `reread audit`."""
    started = time.monotonic()
    for name in arguments.checks:
        checks.get(name)  # refuse unknown names before anything is read
    check_predictor(arguments.predictor)
    inputs = [list(arguments.data), *([[arguments.against]] if arguments.against else [])]
    if arguments.rejects is not None and arguments.on_bad_rows == "set-aside":
        check_rejects(arguments.rejects, chain.from_iterable(inputs), arguments.out, "where the findings go")
    writer = _writer(arguments, inputs)
    note = _noting(quiet=arguments.quiet)
    audited, *others = read_audit_groups(
        inputs,
        audit_request(arguments),
        arguments.on_bad_rows,
        arguments.rejects,
        file_format=arguments.file_format,
        encoding=arguments.encoding,
        separator=arguments.separator,
        note=note,
    )
    settings = Settings(
        predictor=arguments.predictor,
        folds=arguments.folds,
        similarity=arguments.similarity,
        against=others[0] if others else None,
        seed=arguments.seed or 0,
        threads=arguments.threads,
        note=note,
    )
    outcome = audit(audited, settings, arguments.checks or None)
    if writer is not None:
        with writer:
            for row in outcome.rows():
                writer.write(row)
    seconds = time.monotonic() - started
    if arguments.as_json:
        print_json({**outcome.to_config(arguments.examples), "out": arguments.out, "seconds": round(seconds, 2)})
    elif arguments.out != STANDARD_STREAM:
        _print(outcome, arguments, seconds)


def _writer(arguments: AuditArguments, inputs: Sequence[Sequence[str]]) -> RowWriter | None:
    """The writer of all findings, if ``--out`` is given.

    Raises:
        ConfigError: they would overwrite an input file or mix with JSON.
    """
    if arguments.out is None:
        return None
    if arguments.as_json and arguments.out == STANDARD_STREAM:
        raise ConfigError("--json would mix with the findings on standard output; name a file for them with -o FILE")
    check_place(arguments.out, chain.from_iterable(inputs), "where the findings go")
    return open_writer(arguments.out, FIELDS)


def _noting(*, quiet: bool) -> Callable[[str], None]:
    return (lambda _: None) if quiet else errors.print


def audit_request(arguments: AuditArguments) -> ColumnRequest:
    """The columns that the options name; a label with a usual name if they name none."""
    targets = [TargetRequest(name, "label", name) for name in arguments.labels]
    targets += [TargetRequest(name, "number", name) for name in arguments.targets]
    return ColumnRequest(
        text=arguments.text,
        targets=tuple(targets or [TargetRequest("label")]),
        group=arguments.group,
        where=parse_where(arguments.where),
        label_separator=arguments.label_separator,
    )


def _print(outcome: Audit, arguments: AuditArguments, seconds: float) -> None:
    rows = [(checks.get(name).title, f"{result.count:,}", result.summary) for name, result in outcome.results.items()]
    results.print(rows_table(("looked for", "rows", "found"), rows))
    for name, result in outcome.results.items():
        if result.findings[: arguments.examples] or result.notes:
            results.print(f"\n{checks.get(name).title}", style="bold")
        for note in result.notes:
            results.print(note)
        if result.findings and arguments.examples:
            results.print(_examples(outcome, name, arguments.examples))
    results.print(f"\n{number_of(len(outcome.audited), 'row')}, {seconds:.0f} s")
    if arguments.out:
        results.print(f"all findings are in {arguments.out}")


def _examples(outcome: Audit, name: str, count: int) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 2))
    for line in finding_lines(outcome, name, count):
        table.add_row(*(shown(cell) for cell in line))
    return table


def shown(text: str) -> str:
    """A text on one line, shortened."""
    line = harmless(" ".join(text.split()))
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}…"
