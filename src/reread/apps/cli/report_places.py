"""Where the report of an evaluation goes, and whether there is one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reread.apps.cli.arguments.evaluate import EvaluateArguments
from reread.apps.cli.places import beside
from reread.data.compression import split_suffixes
from reread.data.source import STANDARD_STREAM
from reread.errors import ConfigError


def report_place(arguments: EvaluateArguments) -> Path | None:
    """The report's file: the one of ``--report``, or one beside the model, named after model and data; None: no report.

    Raises:
        ConfigError: it would go to standard output, where the results go; or ``--no-report`` contradicts another
            option.
    """
    if arguments.report is not None:
        if arguments.no_report:
            raise ConfigError(
                f"--no-report and --report {arguments.report} contradict each other; leave one of them out"
            )
        if str(arguments.report) == STANDARD_STREAM:
            raise ConfigError("--report -: the results go to standard output; name a file, such as report.html")
        return arguments.report
    if arguments.no_report:
        refuse_slices(arguments.slices)
        return None
    model, data = beside(arguments.model), arguments.data[0]
    name = "standard-input" if data == STANDARD_STREAM else Path(data).name
    stem = Path(name[: len(name) - len(split_suffixes(name)[1])]).stem
    return model.with_name(f"{model.stem}.{stem}.html")


def refuse_slices(slices: Sequence[str]) -> None:
    """Refuse columns to show in a report that is not written.

    Raises:
        ConfigError: there are such columns.
    """
    if slices:
        raise ConfigError(f"--no-report and --slice {slices[0]} contradict each other; leave one of them out")
