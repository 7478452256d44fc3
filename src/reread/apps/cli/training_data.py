"""The rows that `reread train` reads, and the notes about them."""

from __future__ import annotations

import shlex
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from reread.apps.cli.arguments.train import TrainArguments
from reread.apps.cli.console import TrainingView, number_of
from reread.apps.cli.label_notes import label_notes, number_notes
from reread.apps.cli.places import check_rejects
from reread.apps.cli.planning import column_request
from reread.apps.cli.training_places import inputs_of
from reread.data.examples import Examples, read_examples
from reread.data.read import Rows, open_rows
from reread.data.request import ORDER, columns_of_numbers, has_two_values, number_by_name, order_of
from reread.data.room import check_room
from reread.data.soft_labels import USUAL, soft_columns
from reread.data.store import MEMORY
from reread.insight.audit.run import Audit
from reread.pipeline.plan import Plan
from reread.tasks import tasks

Arguments = TypeVar("Arguments", bound=TrainArguments)
AUDIT = ("cleanlab", "datasketch")
"""What `reread audit` needs beside what training does."""


def read_rows(arguments: Arguments, out: Path, view: TrainingView, memory: int = MEMORY) -> tuple[Arguments, Examples]:
    """Read the rows, and say how many there are and which columns were read.

    The options that come back name the target that its name alone has shown, where it is not one of labels.

    Raises:
        ConfigError: options that contradict each other, or rejects that would replace an input.
        DataError: a file, a column or a row that cannot be read.
    """
    view.on_stage(f"reading {', '.join(arguments.data)}")
    rejects = arguments.rejects or out.with_suffix(".rejects.jsonl")
    if arguments.on_bad_rows == "set-aside":
        check_rejects(rejects, inputs_of(arguments))
    first = open_rows(
        arguments.data[0], format=arguments.file_format, encoding=arguments.encoding, separator=arguments.separator
    )
    arguments, why = _with_target(arguments, first)
    request = column_request(arguments)
    check_room(first, arguments.data, request, memory)
    examples = read_examples(
        [first, *arguments.data[1:]],
        request,
        arguments.on_bad_rows,
        rejects,
        format=arguments.file_format,
        encoding=arguments.encoding,
        separator=arguments.separator,
        memory=memory,
    )
    report = examples.report
    if report.filtered:
        view.on_note(f"{report.filtered:,} of {report.read:,} rows do not match --where")
    if report.set_aside:
        view.on_note(f"{number_of(report.set_aside, 'bad row')} set aside in {rejects}")
    columns = ", ".join(examples.target_columns.values())
    if examples.shares:
        columns += f" of each of {len(examples.shares[0])} classes (soft labels)"
    elif not arguments.labels and not arguments.targets and soft_columns(examples.files[0].columns, None, ()):
        view.on_note(f"{USUAL}:… are not read, as there is a column of labels; --label {USUAL} learns from them")
    if report.undecided:
        view.on_note(f"{number_of(report.undecided, 'row')} without a probability left out")
    view.on_note(f"{number_of(report.kept, 'row')}; text: {examples.text_column}, target: {columns}{why}")
    return arguments, examples


def _with_target(arguments: Arguments, rows: Rows) -> tuple[Arguments, str]:
    """The options with the target that a name of numbers shows, and why it is taken, if nothing else names one."""
    named = (arguments.labels, arguments.targets, arguments.task, arguments.label_separator, arguments.ordinal_order)
    order = None if any((*named[1:], ORDER not in rows.columns)) else order_of(rows)
    if order is not None:
        return replace(arguments, ordinal_order=order), f" (ordered, as column {ORDER} says: {order})"
    column = None if any(named) else number_by_name(rows.columns)
    if column is None:
        return arguments, ""
    numbers = column in columns_of_numbers(rows)
    if numbers and not has_two_values(rows, column):
        why = f" (numbers, by its name; --label {shlex.quote(column)} learns classes)"
        return replace(arguments, targets=(column,)), why
    why = "two numbers" if numbers else "other values than numbers"
    return replace(arguments, labels=(column,)), f" (by its name; classes, as it holds {why})"


def data_note(audit: Audit, arguments: TrainArguments) -> str:
    """The problems of the rows that cheap checks find, in one line."""
    if not audit.sentence():
        return "data: no text occurs twice, none is broken or unlike the others"
    if any(file.startswith("-") for file in arguments.data):  # standard input was read, and cannot be read again
        return f"data: {audit.sentence()}"
    options = _audit_options(arguments)
    if (
        arguments.task and tasks.get(arguments.task).target_kind == "number" and not arguments.targets
    ):  # audit finds only columns of labels by their names
        options += ["--target", *audit.audited.parts[0].target_columns.values()]
    missing = any(find_spec(library) is None for library in AUDIT)
    extra = ' (it needs an extra: pip install "reread[audit]")' if missing else ""
    return f"data: {audit.sentence()}; {shlex.join(['reread', 'audit', *arguments.data, *options])} shows which{extra}"


def _audit_options(arguments: TrainArguments) -> list[str]:
    """The options that mean the same to `reread audit`."""
    options = {
        "--text": arguments.text,
        "--label": arguments.labels,
        "--target": arguments.targets,
        "--label-separator": arguments.label_separator,
        "--group": arguments.group,
        "--where": arguments.where,
        "--format": arguments.file_format,
        "--encoding": arguments.encoding,
        "--separator": arguments.separator,
    }
    return [word for option, value in options.items() for each in _several(value) for word in (option, each)]


def _several(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """The values of an option, which may be given more than once, once or not at all."""
    return value if isinstance(value, tuple) else () if value is None else (value,)


def tell_plan(plan: Plan, examples: Examples, view: TrainingView) -> None:
    """Report what will be learned, and what is odd about its targets."""
    names = ", ".join(target.task for target in plan.targets.values())
    view.on_note(f"task: {'joint: ' if len(plan.targets) > 1 else ''}{names}; model: {plan.recipe.name}")
    for name, target in plan.targets.items():
        kind, column, values = tasks.get(target.task), examples.target_columns[name], examples.targets[name]
        labels = kind.target_kind == "label"
        for note in label_notes(column, values, ordered=kind.ordered) if labels else number_notes(column, values):
            view.on_note(note)
