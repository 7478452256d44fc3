"""What `reread predict` does with data in several files."""

from __future__ import annotations

import time
from collections.abc import Sequence

from reread.apps.cli.arguments.predict import PredictArguments
from reread.apps.cli.console import errors, number_of, print_json
from reread.apps.cli.opening import chosen_answer, open_model
from reread.apps.cli.unknown_words import tell_unknown_words
from reread.apps.cli.where import parse_where
from reread.data.parts import parts_of
from reread.data.source import STANDARD_STREAM
from reread.errors import ConfigError
from reread.lab.cluster import ray_
from reread.lab.scale.answering import Answering
from reread.lab.scale.answering import answer_parts as answer_each
from reread.lab.scale.total import Total
from reread.model.files import Answered
from reread.model.load import model_of
from reread.model.rows import answer_columns
from reread.scoring.abstaining import overrules
from reread.scoring.decisions.learning import describe_thresholds
from reread.scoring.predict_options import PredictOptions
from reread.tasks import Task
from reread.wording import listed, time_left

SHOWN = 3  # names of files that are left out
LINE_SECONDS = 10.0


def answer_parts(arguments: PredictArguments) -> None:
    """Answer the files of a folder, a pattern or an address, each in a file of its own."""
    if arguments.out == STANDARD_STREAM:
        raise ConfigError(f"{arguments.data} stands for several files; name a folder for their answers with -o FOLDER")
    if arguments.ray is not None:
        ray_()  # first of all: where it is missing, that names the extra to install
        if arguments.workers is not None:
            raise ConfigError("--workers and --ray both say who answers; pass one of them")
    parts = parts_of(arguments.data, arguments.out)
    if parts.left_out and not arguments.quiet:
        errors.print(
            f"{number_of(len(parts.left_out), 'file')} left out; by their names they hold no rows: "
            f"{listed(parts.left_out, SHOWN)}"
        )
    bundle = open_model(arguments, arguments.precision_limit)
    answer = chosen_answer(arguments, bundle)
    model = model_of(bundle, answer)
    answer_columns(model, asked(arguments))  # what the model cannot give is refused before any part
    warn(arguments, model.task)
    workers = arguments.workers or 1
    work = Answering(
        model=arguments.model,
        opening={
            "threads": arguments.threads or (1 if workers > 1 else None),
            "backend": arguments.backend,
            "precision": bundle.scorer.backend.precision,
            "limit": 1,
        },
        answer=answer,
        data=arguments.data,
        out=arguments.out,
        text=arguments.text,
        where=parse_where(arguments.where),
        file_format=arguments.file_format,
        encoding=arguments.encoding,
        separator=arguments.separator,
        out_format=arguments.out_format,
        options=asked(arguments),
    )
    try:
        total = answer_each(work, PartsView(quiet=arguments.quiet), workers, arguments.ray)
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt("the same command goes on with the parts that have no answers yet") from error
    tell_unknown_words(bundle, total.answered.texts, quiet=arguments.quiet)
    if arguments.text is None and not arguments.quiet:
        _tell_columns(total, bundle.config.text_column)
    _report(arguments, total)


def asked(arguments: PredictArguments) -> PredictOptions:
    """The columns that the options ask for."""
    return PredictOptions(abstain_below=arguments.abstain_below, sets=arguments.sets, interval=arguments.interval)


def warn(arguments: PredictArguments, task: Task) -> None:
    """Say so if answers are left out that the model's own thresholds give."""
    below = arguments.abstain_below
    if below is not None and overrules(task, below) and not arguments.quiet:
        errors.print(
            f"--abstain-below {below:g} leaves out answers that train --decide gives at a lower probability: "
            f"{describe_thresholds(task)}",
        )


def tell_left_out(arguments: PredictArguments, answered: Answered, parts: Sequence[str] = ()) -> None:
    """Say how many rows have no answer, and why, and in which of several files."""
    if answered.abstained and not arguments.quiet:
        errors.print(
            f"{answered.abstained:,} of {number_of(answered.rows, 'row')} abstained: "
            f"less sure than {arguments.abstain_below:g}"
        )
    if answered.failed:
        errors.print(
            f"{answered.failed:,} of {number_of(answered.rows, 'row')} could not be answered; the error column says why"
            + (f", in {listed(parts, SHOWN)}" if parts else "")
        )


class PartsView:
    """A line from time to time."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self._last = time.monotonic()

    def on_progress(self, total: Total) -> None:
        """Say how far the work is."""
        now = time.monotonic()
        if self.quiet or now - self._last < LINE_SECONDS or total.there + total.done == total.parts:
            return
        self._last = now
        left = "" if total.seconds_left is None else f", {time_left(total.seconds_left)}"
        errors.print(
            f"{total.there + total.done:,} of {number_of(total.parts, 'part')}, "
            f"{total.rows_a_second:,.0f} rows a second{left}{in_hand(total)}"
        )


def in_hand(total: Total) -> str:
    """Which machines of a cluster have parts in hand; empty without one."""
    at_work = [f"{name} {count}" for name, count in sorted(total.under_way.items())]
    return f" · in hand: {', '.join(at_work)}" if at_work else ""


def _tell_columns(total: Total, trained: str | None) -> None:
    """Say so where the texts are in another column than in training."""
    for column, parts in total.columns.items():
        if column != trained:
            errors.print(f"text: {column} in {listed(sorted(parts), SHOWN)}; in training {trained}")


def _report(arguments: PredictArguments, total: Total) -> None:
    answered = total.answered
    if arguments.as_json:
        print_json(
            {
                "model": str(arguments.model),
                "out": arguments.out,
                "parts": total.parts,
                "skipped": total.there,
                "rows": answered.rows,
                "failed": answered.failed,
                "failed_in": total.failed_in,
                "abstained": answered.abstained,
                **({"machines": dict(total.machines)} if arguments.ray is not None else {}),
            }
        )
    tell_left_out(arguments, answered, sorted(total.failed_in))
    if not arguments.quiet and total.there == total.parts:
        errors.print(f"all of {number_of(total.parts, 'part')} were answered in {arguments.out} before")
    elif not arguments.quiet:
        there = f"; {number_of(total.there, 'part')} there before" if total.there else ""
        errors.print(
            f"{number_of(answered.rows, 'row')} of {number_of(total.done, 'part')} answered in {arguments.out}{there}"
        )
        if total.machines:
            errors.print("; ".join(f"{number_of(n, 'part')} on {name}" for name, n in sorted(total.machines.items())))
