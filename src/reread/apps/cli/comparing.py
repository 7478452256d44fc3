"""What `reread compare` does: experiment → runs → table on standard output."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Self

from rich.progress import BarColumn, Progress, TextColumn

from reread.apps.cli.arguments.compare import CompareArguments
from reread.apps.cli.console import errors, number_of, print_json, results
from reread.apps.cli.places import check_folder
from reread.errors import ConfigError
from reread.lab.experiments.compare import compare
from reread.lab.experiments.experiment import Experiment, read_experiment
from reread.lab.experiments.pool import Standing
from reread.lab.experiments.tables import tables
from reread.lab.experiments.write_up import Result
from reread.wording import time_left


def compare_command(arguments: CompareArguments) -> None:
    """Run the command."""
    experiment = read_experiment(arguments.experiment, seeds=arguments.seeds)
    check_folder(experiment.folder, [])
    if any(experiment.runs.glob("*.json")) and not (arguments.resume or arguments.only_tables):
        raise ConfigError(
            f"{experiment.runs} holds finished runs; continue with --resume, or make their tables with --only-tables"
        )
    with ExperimentView(quiet=arguments.quiet) as view:
        result = compare(
            experiment, arguments.data, arguments.threads, view, train=not arguments.only_tables, ray=arguments.ray
        )
    if arguments.as_json:
        print_json(as_json(experiment, result))
        return
    title = experiment.title or arguments.experiment.stem
    results.out(tables.get("terminal")().render(result.summary, title), end="", highlight=False)
    missing = f", {result.missing} missing: --resume trains them" if result.missing else ""
    results.print(
        f"{experiment.folder}: {number_of(len(result.records), 'run')}{missing}; tables and figures beside them",
    )


def as_json(experiment: Experiment, result: Result) -> dict[str, Any]:
    """The result in plain values."""
    return {
        "experiment": str(experiment.path),
        "folder": str(experiment.folder),
        "runs": len(result.records),
        "missing": result.missing,
        "cells": [asdict(cell) for cell in result.summary.cells],
        "comparisons": [asdict(comparison) for comparison in result.summary.comparisons],
        "best": [asdict(best) for best in result.summary.best],
        "conclusions": list(result.summary.conclusions),
        "notes": list(result.summary.notes),
        "files": [str(file) for file in result.files],
    }


class ExperimentView:
    """Shows an experiment: notes, a bar over all runs; without a terminal, a line from time to time."""

    LINE_SECONDS = 60.0

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[words]}", markup=False),
            console=errors,
            transient=True,
            disable=quiet or not errors.is_interactive,
        )
        self._bar = self._progress.add_task("", total=None, words="", visible=False)
        self._what = ""
        self._started = self._last_printed = time.monotonic()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def on_note(self, note: str) -> None:
        """See `reread.lab.experiments.compare.Watcher`."""
        if not self.quiet:
            errors.print(note)

    def on_words(self, done: int, total: int) -> None:
        """See `reread.lab.experiments.compare.Watcher`."""
        self._show("word vectors", done / max(total, 1), f"{done:,} of {total:,} words", "")

    def on_runs(self, standings: Mapping[str, Standing], ended: int, total: int) -> None:
        """See `reread.lab.experiments.compare.Watcher`."""
        share = (ended + sum(run.steps / run.total for run in standings.values() if run.total)) / total
        under_way = ", ".join(
            f"{name} {run.steps}/{run.total}{run.where and f' on {run.where}'}" for name, run in standings.items()
        )
        self._show("runs", share, f"{ended} of {total} trainings", f" · {under_way}")

    def _left(self, share: float) -> str:
        if share <= 0:
            return ""
        left = (time.monotonic() - self._started) * (1 - share) / share
        return f", {time_left(left)}"

    def _show(self, what: str, share: float, done: str, more: str) -> None:
        if what != self._what:
            self._what, self._started = what, time.monotonic()
        words = f"{done}{self._left(share)}{more}"
        self._progress.update(self._bar, description=what, completed=share, total=1.0, words=words, visible=True)
        if not errors.is_interactive and not self.quiet and time.monotonic() - self._last_printed > self.LINE_SECONDS:
            self._last_printed = time.monotonic()
            errors.print(f"{what}: {words}")
