"""The output for people: notes and progress on standard error, results on standard output."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from reread.apps.cli.spoken import as_options
from reread.apps.cli.streams import harmless, lead_nowhere
from reread.train.listener import Listener, Silent
from reread.train.listener import Progress as State
from reread.typing import override
from reread.wording import figure, metric_rows, name_of, number_of

__all__ = ["TrainingView", "errors", "metrics_table", "number_of", "print_json", "results", "rows_table"]


class Stream(Console):
    """A console that prints verbatim: in names and texts of users no bracket or colon is markup, no character an order.

    Colours are as rich has them: none where `NO_COLOR` is set, no style on a terminal of type `dumb`, and none in a
    file or pipe unless `FORCE_COLOR` is set. If its reader closes it, as with `| head`, the command continues to its
    end.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, soft_wrap=True, markup=False, emoji=False)
        if not self.file.isatty():  # FORCE_COLOR asks for colours in a log, not for a bar that is drawn again and again
            self.is_interactive = False

    @override
    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*(harmless(each) if isinstance(each, str) else each for each in objects), **options)

    @override
    def on_broken_pipe(self) -> None:
        self.quiet = True
        lead_nowhere(self.file)


errors = Stream(stderr=True)
results = Stream()
if not results.file.isatty():
    results.width = 200  # files and pipes have no width: tables are not folded for them


NOT_IN_JSON = {code: f"\\u{code:04x}" for code in (*range(127, 160), *range(0xD800, 0xE000))}
"""JSON's escapes of what it leaves as it is and a terminal would not, or cannot show."""


def print_json(value: Any) -> None:
    """Print one JSON object on standard output; an undefined number becomes null."""
    written = json.dumps(plain(value), ensure_ascii=False, allow_nan=False)
    results.out(written.translate(NOT_IN_JSON), highlight=False)


def plain(value: Any) -> Any:
    """The value as JSON can have it: an undefined number becomes null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def metrics_table(columns: Mapping[str, Mapping[str, float | None]]) -> Table:
    """Metrics as rows, models as columns."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    for row in metric_rows(columns):
        table.add_row(*map(harmless, row))
    return table


def rows_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A plain table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in header:
        table.add_column(harmless(name), overflow="fold")
    for row in rows:
        table.add_row(*map(harmless, row))
    return table


class _Time(ProgressColumn):
    """The remaining time if the end is known, else the elapsed time."""

    @override
    def render(self, task: Task) -> Text:
        return (TimeElapsedColumn() if task.total is None else TimeRemainingColumn()).render(task)


class TrainingView(Silent):
    """Shows a training run: notes, a progress bar, a line for each evaluation; a log, if there is one, hears all."""

    def __init__(self, *, quiet: bool, log: Listener | None = None) -> None:
        self.quiet = quiet
        self._log = log or Silent()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[status]}"),
            _Time(),
            console=errors,
            transient=True,
            disable=quiet or not errors.is_interactive,
        )
        self._bar = self._progress.add_task("starting", total=None, status="")
        self._validation = ""

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    @override
    def on_note(self, note: str) -> None:
        said = as_options(note)
        self._log.on_note(said)
        self._print(said)

    @override
    def on_stage(self, stage: str) -> None:
        self._log.on_stage(stage)
        self._progress.reset(self._bar, total=None, description=harmless(stage), status="")

    @override
    def on_step(self, state: State, total_steps: int) -> None:
        self._log.on_step(state, total_steps)
        speed = state.words / max(state.seconds, 1e-9)
        status = f"{state.step:,}/{total_steps:,} steps loss {state.loss:.3f}{self._validation} {speed:,.0f} words/s"
        self._progress.update(self._bar, completed=state.step, total=total_steps, description="training", status=status)

    @override
    def on_evaluation(self, record: Mapping[str, Any], *, best: bool) -> None:
        self._log.on_evaluation(record, best=best)
        metric, value = next(
            (key, value) for key, value in record.items() if key not in {"step", "epoch", "seconds", "loss"}
        )
        self._validation = f", validation {name_of(metric)} {figure(metric, value)}"
        star = " (kept)" if best else ""
        step = f"epoch {record['epoch']:.1f}, step {record['step']:,}: loss {record['loss']:.3f}"
        self._print(f"{step}{self._validation}{star}")

    def _print(self, line: str) -> None:
        if not self.quiet:
            errors.print(line)
