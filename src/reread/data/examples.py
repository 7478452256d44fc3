"""Texts with their targets, read from files."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reread.data.columns import LABEL_COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS, choose_column
from reread.data.fingerprint import Fingerprint, FingerprintBuilder
from reread.data.read import Row, Rows, open_rows
from reread.data.store import TextStore
from reread.errors import DataError


@dataclass(frozen=True)
class TargetRequest:
    """A target to read: labels (``kind="label"``) or numbers (``kind="number"``)."""

    name: str
    kind: str = "label"
    column: str | None = None


@dataclass(frozen=True)
class ColumnRequest:
    """Which columns mean what; None for the text or a target's column: the one with a usual name."""

    text: str | None = None
    targets: tuple[TargetRequest, ...] = (TargetRequest("label"),)
    group: str | None = None
    time: str | None = None
    weight: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    label_separator: str | None = None


@dataclass
class ReadReport:
    """What became of the rows: ``read = kept + set_aside + filtered``."""

    read: int = 0
    kept: int = 0
    set_aside: int = 0
    filtered: int = 0


@dataclass
class Examples:
    """The kept rows, column by column."""

    texts: Sequence[str]
    targets: dict[str, list[Any]]
    groups: list[Any] | None
    times: list[Any] | None
    weights: list[float] | None
    lines: Sequence[int]
    fingerprint: Fingerprint
    report: ReadReport
    text_column: str = "text"
    target_columns: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.texts)


def read_examples(
    paths: str | Path | Sequence[str | Path],
    request: ColumnRequest,
    on_bad_rows: str = "stop",
    rejects: str | Path | None = None,
    *,
    format: str | None = None,  # noqa: A002
    encoding: str | None = None,
) -> Examples:
    """THIN: widened next."""
    path_list = [paths] if isinstance(paths, str | Path) else list(paths)
    texts, lines, report = TextStore(), array("q"), ReadReport()
    targets: dict[str, list[Any]] = {t.name: [] for t in request.targets}
    groups: list[Any] = []
    times: list[Any] = []
    weights: list[float] = []
    fingerprint: FingerprintBuilder | None = None
    text_column, target_columns = "text", {}
    for path in path_list:
        rows: Rows = open_rows(path, format=format, encoding=encoding)
        text_column = choose_column(rows.columns, request.text, TEXT_COLUMNS, "--text")
        target_columns = {
            t.name: choose_column(
                rows.columns, t.column, LABEL_COLUMNS if t.kind == "label" else NUMBER_COLUMNS,
                "--label" if t.kind == "label" else "--target",
            )
            for t in request.targets
        }
        if fingerprint is None:
            fingerprint = FingerprintBuilder((text_column, *target_columns.values()))
        for row in rows:
            report.read += 1
            if any(str(row.values.get(c)) != v for c, v in request.where):
                report.filtered += 1
                continue
            text, values = _values(rows, row, text_column, request, target_columns)
            texts.append(text)
            lines.append(row.line)
            report.kept += 1
            fingerprint.add(text, values)
            for name, value in zip(targets, values, strict=True):
                targets[name].append(value)
            if request.group:
                groups.append(row.values[request.group])
            if request.time:
                times.append(row.values[request.time])
            if request.weight:
                weights.append(float(row.values[request.weight]))
    if fingerprint is None or not report.kept:
        raise DataError("no rows")
    return Examples(
        texts, targets, groups if request.group else None, times if request.time else None,
        weights if request.weight else None, lines, fingerprint.finish(), report, text_column, target_columns,
    )


def _values(rows: Rows, row: Row, text_column: str, request: ColumnRequest, target_columns: dict[str, str]) -> tuple[str, tuple[Any, ...]]:
    if row.problem:
        raise DataError(f"{rows.place(row.line)}: {row.problem}")
    text = row.values[text_column]
    if not isinstance(text, str) or not text.strip():
        raise DataError(f"{rows.place(row.line)}: the text is missing")
    values: list[Any] = []
    for target in request.targets:
        value = row.values[target_columns[target.name]]
        if value is None or value == "":
            raise DataError(f"{rows.place(row.line)}: {target.name} is missing")
        if target.kind == "number":
            value = float(value)
            if not math.isfinite(value):
                raise DataError(f"{rows.place(row.line)}: {target.name} is not finite")
        elif request.label_separator and isinstance(value, str):
            value = value.split(request.label_separator)
        values.append(value)
    return text, tuple(values)
