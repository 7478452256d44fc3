"""`reread weak`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.weak import WeakArguments


@sections.command("weak")
@click.argument("rules", type=click.Path(path_type=Path), metavar="RULES")
@click.argument("data", type=options.FILE, metavar="DATA", callback=options.not_empty)
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    callback=options.not_empty,
    help=(
        "File for the rows with their labels, or - for standard output, then without the table; its name sets the "
        "format, an older one is replaced. [default: only the table]"
    ),
)
@click.option(
    "--out-format", metavar="NAME", help="csv, tsv, jsonl, parquet or arrow. [default: by the file's name; csv for -]"
)
@click.option(
    "--join",
    metavar="NAME",
    default="dawid-skene",
    show_default=True,
    help=(
        "How votes become probabilities: dawid-skene estimates from agreement and conflict how right each rule is; "
        "with majority every rule counts the same."
    ),
)
@click.option(
    "--label",
    metavar="COLUMN",
    callback=options.not_empty,
    help="A column of true labels: the table also says how right rules and labels are. No label depends on it.",
)
@click.option(
    "--refine",
    metavar="ROUNDS",
    type=options.Whole(min=1),
    help=(
        "Rounds in which a model learns the labels, answers every row without having seen it, and is joined with the "
        "rules for the next round; rows without a vote get labels too. 2 are usually enough. [default: none]"
    ),
)
@click.option(
    "--refine-with",
    metavar="NAME",
    callback=options.not_empty,
    help=(
        "What learns from the rules: linear, in seconds and without torch, or a recipe, of which every round trains "
        "five models. [default: linear]"
    ),
)
@options.data
@options.common
@options.takes(WeakArguments)
def command(arguments: WeakArguments) -> None:
    """Label the rows of a file by rules that may err.

    RULES is a TOML file, or a Python file, which is run. There is one output row for every input row, in order; one on
    which no rule votes has an empty prediction. The table shows how often each rule votes, with others and against
    them, and how right it seems to be.

    \b
    Example:
      reread weak examples/sms_spam/rules.toml examples/sms_spam/sms_spam.csv.gz -o labelled.csv
    """
    from reread.apps.cli.weak_labels import weak  # noqa: PLC0415

    weak(arguments)
