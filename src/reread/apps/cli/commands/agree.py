"""`reread agree`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.agree import AgreeArguments


@sections.command("agree")
@click.argument("first", type=click.Path(path_type=Path), metavar="A.jsonl")
@click.argument("second", type=click.Path(path_type=Path), metavar="B.jsonl")
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    callback=options.not_empty,
    help="Where the texts with two different labels go, as a table. - is standard output.",
)
@click.option(
    "--settle",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=(
        "Open a page that asks about the texts with two different labels and shows both; the labels that result, and "
        "those that nobody disputes, go to this file, whose name ends with .jsonl. One that is there is gone on with."
    ),
)
@options.port_of_page
@click.option(
    "--by",
    metavar="NAME",
    callback=options.not_empty,
    help="Who settles, for the file. [default: your name on this machine]",
)
@options.common
@options.takes(AgreeArguments)
def command(arguments: AgreeArguments) -> int:
    """Say how far two people agree who labelled the same texts with `reread label`.

    Prints Krippendorff's alpha with its interval, in how many texts the two agree, and which labels stand beside one
    another. A.jsonl and A.again.jsonl compare a person with themselves.

    \b
    Example:
      reread agree ada.jsonl bob.jsonl -o conflicts.csv
    """
    from reread.apps.cli.agreeing import agree  # noqa: PLC0415

    return agree(arguments)
