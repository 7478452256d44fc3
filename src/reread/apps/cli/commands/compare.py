"""`reread compare`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.compare import CompareArguments


@sections.command("compare")
@click.argument("experiment", type=click.Path(path_type=Path), metavar="EXPERIMENT")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the data files are. [default: beside the experiment, then the cache of reread data fetch]",
)
@click.option("--seeds", type=options.Whole(min=1), metavar="N", help="Seeds 0 to N - 1. [default: the experiment's]")
@click.option("--resume", is_flag=True, help="Continue an experiment with finished runs: train only the missing ones.")
@click.option("--only-tables", is_flag=True, help="Train nothing: write tables and figures of the finished runs.")
@options.ray
@options.common
@options.takes(CompareArguments)
def command(arguments: CompareArguments) -> None:
    """Compare models under settings over seeds: tables, curves, tests of significance.

    There is one run per core (--threads sets how many cores), each with one thread; every finished run is a file in
    the folder named after the experiment. After an interruption, or with more seeds, --resume trains only the missing
    runs; several machines may share a folder.

    \b
    Example:
      reread compare examples/sms_spam/compare.toml
    """
    from reread.apps.cli.comparing import compare_command  # noqa: PLC0415  # imports torch

    compare_command(arguments)
