"""What `reread audit` does."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from rich.table import Table
from rich.text import Text

from reread.apps.cli.console import errors, number_of, print_json, results, rows_table
from reread.apps.cli.findings import finding_lines
from reread.apps.cli.options import parse_where
from reread.apps.cli.places import check_place
from reread.data.examples import ColumnRequest, TargetRequest
from reread.data.source import STANDARD_STREAM
from reread.data.write import RowWriter, open_writer
from reread.errors import ConfigError
from reread.insight.audit.checks import Settings, checks
from reread.insight.audit.predictors import check_predictor
from reread.insight.audit.reading import read_materials
from reread.insight.audit.run import FIELDS, Audit, audit

WIDTH = 90  # characters of a text that the terminal shows


def audit_command(values: Mapping[str, Any]) -> None:
    """Run `reread audit`."""
    started = time.monotonic()
    for name in values["checks"]:
        checks.get(name)  # what is unknown is refused before anything is read
    check_predictor(values["predictor"])
    inputs = [list(values["data"]), *([[values["against"]]] if values["against"] else [])]
    writer = _writer(values, inputs)
    audited, *others = read_materials(
        inputs, audit_request(values), values["on_bad_rows"], values["rejects"],
        file_format=values["file_format"], encoding=values["encoding"], note=_noting(values),
    )  # fmt: skip
    settings = Settings(
        predictor=values["predictor"], folds=values["folds"], similarity=values["similarity"],
        against=others[0] if others else None, seed=values["seed"] or 0, threads=values["threads"], note=_noting(values),
    )  # fmt: skip
    found = audit(audited, settings, values["checks"] or None)
    if writer is not None:
        with writer:
            for row in found.rows():
                writer.write(row)
    seconds = time.monotonic() - started
    if values["as_json"]:
        print_json({**found.to_config(values["examples"]), "out": values["out"], "seconds": round(seconds, 2)})
    elif values["out"] != STANDARD_STREAM:
        _print(found, values, seconds)


def _writer(values: Mapping[str, Any], inputs: Sequence[Sequence[str]]) -> RowWriter | None:
    """Of all findings, where they are asked for.

    Raises:
        ConfigError: they would stand where something is read from, or where JSON goes.
    """
    if values["out"] is None:
        return None
    if values["as_json"] and values["out"] == STANDARD_STREAM:
        raise ConfigError("--json would stand among the findings on standard output; say where these go with -o FILE")
    check_place(values["out"], chain.from_iterable(inputs), "where the findings go")
    return open_writer(values["out"], FIELDS)


def _noting(values: Mapping[str, Any]) -> Any:
    return (lambda _: None) if values["quiet"] else errors.print


def audit_request(values: Mapping[str, Any]) -> ColumnRequest:
    """The columns that the options name; a label with a usual name where they name none."""
    targets = [TargetRequest(name, "label", name) for name in values["labels"]]
    targets += [TargetRequest(name, "number", name) for name in values["targets"]]
    return ColumnRequest(
        text=values["text"], targets=tuple(targets or [TargetRequest("label")]), group=values["group"],
        where=parse_where(values["where"]), label_separator=values["label_separator"],
    )  # fmt: skip


def _print(found: Audit, values: Mapping[str, Any], seconds: float) -> None:
    rows = [(checks.get(name).title, f"{own.count:,}", own.said) for name, own in found.found.items()]
    results.print(rows_table(("looked for", "rows", "found"), rows))
    for name, own in found.found.items():
        if own.findings[: values["examples"]] or own.notes:
            results.print(f"\n{checks.get(name).title}", style="bold")
        for note in own.notes:
            results.print(note)
        if own.findings and values["examples"]:
            results.print(_examples(found, name, values["examples"]))
    results.print(f"\n{number_of(len(found.audited), 'row')}, {seconds:.0f} s")
    if values["out"]:
        results.print(f"all findings are in {values['out']}")


def _examples(found: Audit, name: str, count: int) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 2))
    for line in finding_lines(found, name, count):
        table.add_row(*(Text(shown(cell)) for cell in line))  # a user's brackets are no markup
    return table


def shown(text: str) -> str:
    """A text on one line, cut where it is long, without what would steer a terminal."""
    line = "".join(character if character.isprintable() else " " for character in " ".join(text.split()))
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}…"
