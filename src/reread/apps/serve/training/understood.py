"""What is understood of a labelled file, by what `reread train` goes by."""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from reread.apps.serve.file_rows import CHARACTERS, SHOWN, open_file
from reread.data.columns import LABEL_COLUMNS, NUMBER_COLUMNS, TEXT_COLUMNS, usual_columns
from reread.data.examples import ColumnRequest, Examples, TargetRequest, read_examples
from reread.data.read import Rows
from reread.data.request import ORDER, columns_of_numbers, has_two_values, number_by_name, order_of
from reread.data.soft_labels import SoftTargets
from reread.errors import ConfigError, DataError
from reread.insight.audit.run import cheap_audit
from reread.tasks import infer_task
from reread.text.language import detect_language
from reread.web.problems import Problem

CLASSES = 200  # of which the counts are shown
AUDITED = 25_000  # rows: seconds


class Class(msgspec.Struct):
    """A class, and how many rows have it."""

    name: str
    rows: int


class Understood(msgspec.Struct, kw_only=True):
    """What a file is taken for.

    Attributes:
        data: what the file is called here.
        columns: of it.
        first: the start of the first rows.
        text: the column with the texts; None: it has to be named.
        label: the column with the labels or numbers, likewise.
        why: why nothing can be learned of it so; None: it can.
        task: classification, multilabel, ordinal or regression.
        language: of the texts.
        rows: to learn from.
        set_aside: rows without a text or a label.
        classes: the most frequent first, at most `CLASSES`.
        others: how many classes there are besides.
        findings: what a look at the rows finds wrong with them, such as duplicates; empty: nothing; None: they
            are too many for a look.
        range: the lowest and the highest number, where numbers are learned.
    """

    data: str
    columns: list[str]
    first: list[list[str]]
    text: str | None = None
    label: str | None = None
    why: str | None = None
    task: str | None = None
    language: str | None = None
    rows: int = 0
    set_aside: int = 0
    classes: list[Class] = []
    others: int = 0
    findings: str | None = None
    range: tuple[float, float] | None = None


def understand(path: Path, text: str | None, label: str | None, encoding: str | None = None) -> Understood:
    """What `reread train` would make of a file.

    Args:
        path: the file.
        text: the column with the texts; None: found by name.
        label: that with the labels, likewise.
        encoding: of the file; None: detected.

    Raises:
        Problem: it cannot be read.
    """
    rows = open_file(path, path.suffix.removeprefix("."), encoding)
    found = Understood(data=path.name, columns=list(rows.columns), first=_first(rows))
    found.text, found.label = text or _only(rows, TEXT_COLUMNS), label or _only(rows, LABEL_COLUMNS, NUMBER_COLUMNS)
    try:
        examples, kind, order = read_labelled(rows, text, label)
        found.text, (found.label,) = examples.text_column, examples.target_columns.values()
        _describe(found, examples, kind, order)
    except (ConfigError, DataError) as error:
        found.why = str(error)
    return found


def read_labelled(rows: Rows, text: str | None, label: str | None) -> tuple[Examples, str, str | None]:
    """The rows that can be learned from, whether a label or number is, and the order of classes if the file names one.

    Raises:
        DataError: a column is not found, or no row is left.
    """
    order = order_of(rows) if ORDER in rows.columns else None
    number = None if label or order else number_by_name(rows.columns)
    if number and number in columns_of_numbers(rows) and not has_two_values(rows, number):
        target = TargetRequest(number, "number", number)
    else:
        target = TargetRequest("label", "label", label or number)
    request = ColumnRequest(text=text, targets=(target,), soft=SoftTargets.CLASSES)
    return read_examples([rows], request, lambda *_: None), target.kind, order


def _describe(found: Understood, examples: Examples, kind: str, order: str | None) -> None:
    (values,) = examples.targets.values()
    found.task = infer_task(values, kind=kind, order=None if order is None else order.split(","))
    found.language = detect_language(examples.texts)
    if len(examples) <= AUDITED:
        found.findings = cheap_audit(examples).sentence()
    found.rows, found.set_aside = len(examples), examples.report.read - len(examples)
    if kind == "number":
        found.range = min(values), max(values)
        return
    each_label = chain.from_iterable(values) if found.task == "multilabel" else values
    counts = Counter(map(str, each_label)).most_common()
    found.classes = [Class(name, count) for name, count in counts[:CLASSES]]
    found.others = len(counts) - len(found.classes)
    if len(counts) < 2:
        found.why = "all rows have the same label; expected at least two classes"


def _first(rows: Rows) -> list[list[str]]:
    try:
        return [[_start(row.values.get(each)) for each in rows.columns] for row in islice(rows, SHOWN)]
    except DataError as error:
        raise Problem(422, str(error)) from error


def _start(value: Any) -> str:
    return ("" if value is None else str(value))[:CHARACTERS].encode("utf-8", "replace").decode()


def _only(rows: Rows, *usual: tuple[str, ...]) -> str | None:
    for names in usual:
        found = usual_columns(rows.columns, names)
        if found:
            return found[0] if len(found) == 1 else None
    return None
