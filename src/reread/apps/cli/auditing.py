"""What `reread audit` does."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from reread.apps.cli.console import errors, number_of, print_json, results, rows_table
from reread.apps.cli.options import parse_where
from reread.data.examples import ColumnRequest, TargetRequest
from reread.data.write import open_writer
from reread.insight.audit.checks import Settings, checks
from reread.insight.audit.material import Material
from reread.insight.audit.predictors import check_predictor
from reread.insight.audit.reading import read_material
from reread.insight.audit.run import FIELDS, Audit, audit

WIDTH = 90  # characters of a text that the terminal shows


def audit_command(values: Mapping[str, Any]) -> None:
    """Run `reread audit`."""
    started = time.monotonic()
    for name in values["checks"]:
        checks.get(name)  # what is unknown is refused before anything is read
    check_predictor(values["predictor"])
    writer = open_writer(values["out"], FIELDS) if values["out"] else None
    material = _read(values, list(values["data"]))
    against = values["against"]
    settings = Settings(
        predictor=values["predictor"], folds=values["folds"], similarity=values["similarity"],
        against=_read(values, [against]) if against else None,
        seed=values["seed"] or 0, threads=values["threads"], note=_noting(values),
    )  # fmt: skip
    found = audit(material, settings, values["checks"] or None)
    if writer is not None:
        with writer:
            for row in found.rows():
                writer.write(row)
    seconds = time.monotonic() - started
    if values["as_json"]:
        print_json({**found.to_config(values["examples"]), "out": values["out"], "seconds": round(seconds, 2)})
    else:
        _print(found, values, seconds)


def _noting(values: Mapping[str, Any]) -> Any:
    return (lambda _: None) if values["quiet"] else lambda note: errors.print(note, markup=False)


def _read(values: Mapping[str, Any], paths: list[str]) -> Material:
    return read_material(
        paths, audit_request(values), values["on_bad_rows"], values["rejects"],
        file_format=values["file_format"], encoding=values["encoding"], note=_noting(values),
    )  # fmt: skip


def audit_request(values: Mapping[str, Any]) -> ColumnRequest:
    """The columns that the options name; a label with a usual name where they name none."""
    targets = [TargetRequest(name, "label", name) for name in values["labels"]]
    targets += [TargetRequest(name, "number", name) for name in values["targets"]]
    return ColumnRequest(
        text=values["text"], targets=tuple(targets or [TargetRequest("label")]), group=values["group"],
        where=parse_where(values["where"]), label_separator=values["label_separator"],
    )  # fmt: skip


def _print(found: Audit, values: Mapping[str, Any], seconds: float) -> None:
    rows = [(checks.get(name).title, f"{own.count:,}", escape(own.said)) for name, own in found.found.items()]
    results.print(rows_table(("looked for", "rows", "found"), rows))
    for name, own in found.found.items():
        if own.findings[: values["examples"]] or own.notes:
            results.print(f"\n{checks.get(name).title}", style="bold", markup=False)
        for note in own.notes:
            results.print(note, markup=False)
        if own.findings and values["examples"]:
            results.print(_examples(found, name, values["examples"]))
    results.print(f"\n{number_of(len(found.material), 'row')}, {seconds:.0f} s", markup=False)
    if values["out"]:
        results.print(f"all findings are in {values['out']}", markup=False)


def _examples(found: Audit, name: str, count: int) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 2))
    for finding in found.found[name].findings[:count]:
        row = found.row(name, finding)
        cells = place(row["file"], row["line"]), _why(row), row["text"]
        table.add_row(*(Text(shown(cell)) for cell in cells))  # a user's brackets are no markup
    return table


def _why(row: Mapping[str, Any]) -> str:
    """What a finding says beside the text."""
    parts = [row["detail"]]
    if row["suggested"] is not None:
        parts.append(f"{_words(row['label'])} → {_words(row['suggested'])}?")
    elif row["label"] is not None:
        parts.append(_words(row["label"]))
    if row["other_file"] is not None:
        parts.append(f"as {place(row['other_file'], row['other_line'])}")
    return "; ".join(part for part in parts if part)


def _words(label: Any) -> str:
    """A label, number, list of labels, or several targets by name, short."""
    if isinstance(label, Mapping):
        return ", ".join(f"{name} {_words(value)}" for name, value in label.items())
    if isinstance(label, list):
        return ", ".join(map(str, label)) or "none"
    return f"{label:.4g}" if isinstance(label, float) else str(label)


def place(file: str, line: int) -> str:
    """Where a row stands, short."""
    return f"{Path(file).name}, {line}"


def shown(text: str) -> str:
    """A text on one line, cut where it is long, without what would steer a terminal."""
    line = "".join(character if character.isprintable() else " " for character in " ".join(text.split()))
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}…"
