"""What `reread drift` does."""

from __future__ import annotations

from reread.apps.cli.arguments.drift import DriftArguments
from reread.apps.cli.columns import find_columns
from reread.apps.cli.console import errors, number_of, print_json, results, rows_table
from reread.apps.cli.exit_codes import DRIFTED
from reread.apps.cli.opening import open_model
from reread.data.read import open_rows
from reread.model.rows import chunks, problem_of
from reread.monitoring.shift import describe_shift
from reread.monitoring.watch import Drift, DriftWatch


def drift_command(arguments: DriftArguments) -> int:
    """Run `reread drift`; the exit code."""
    bundle = open_model(arguments)
    watch = DriftWatch(bundle)
    rows = open_rows(
        arguments.data, format=arguments.file_format, encoding=arguments.encoding, separator=arguments.separator
    )
    text, wanted = find_columns(arguments, bundle, rows, quiet=arguments.quiet)
    if watch.note:
        errors.print(f"{bundle.path}: {watch.note}")
    for chunk in chunks((row for row in rows if row.problem or wanted(row)), text, bundle.scorer.task.size):
        texts = [row.values[text] for row in chunk if not problem_of(row, text)]
        watch.add(texts, without=len(chunk) - len(texts))
    if watch.without:
        errors.print(f"{number_of(watch.without, 'row')} without a text that can be read left out")
    drift = watch.verdict(limit=arguments.limit, level=arguments.level)
    if arguments.as_json:
        print_json({"model": str(bundle.path), **drift.to_config()})
    else:
        _print(drift)
    return DRIFTED if drift.drifted else 0


def _print(drift: Drift) -> None:
    rows = [
        (
            shift.name,
            describe_shift(shift),
            f"{shift.index:.3f}",
            f"{shift.chance:.4f}",
            "MOVED" if shift.moved else "ok",
        )
        for shift in drift.shifts
    ]
    results.print(rows_table(("", "training → now", "stability index", "by chance", ""), rows))
    results.print(drift.sentence())
    results.print(number_of(drift.texts, "text"))
