"""`reread label`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.label import LabelArguments


@sections.command("label")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--classes",
    metavar="A,B,…",
    callback=options.not_empty,
    help="The classes, with commas between them. Up to nine have the keys 1 to 9, more have two letters each.",
)
@click.option("--multilabel", is_flag=True, help="A text may have several of the classes, or none.")
@click.option("--ordinal", is_flag=True, help="The classes are in their order, the lowest one first.")
@click.option(
    "--numbers",
    metavar="LOW,HIGH",
    callback=options.not_empty,
    help="Instead of classes: a number for each text, from LOW to HIGH.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The file of labels, whose name ends with .jsonl; one that is there is gone on with. "
    "[default: FILE's stem + .labels.jsonl]",
)
@options.port_of_page
@click.option(
    "--by",
    metavar="NAME",
    callback=options.not_empty,
    help="Who labels, for the file. [default: your name on this machine]",
)
@click.option(
    "--repeat",
    type=options.Number(min=0, max=1),
    default=0.1,
    show_default=True,
    help=(
        "How often, instead of a text drawn at random, one is asked about that you have answered a while ago: the page "
        "shows how often you agree with yourself. 0: never."
    ),
)
@click.option(
    "--blind", is_flag=True, help="Show what the linear member says of a text only after your own answer to it."
)
@click.option(
    "--training",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Options of reread train for what the page trains, as its --config reads them.",
)
@options.data
@options.common
@options.takes(LabelArguments)
def command(arguments: LabelArguments) -> int:
    """Label texts on a page in the browser, by the keyboard, until Ctrl-C.

    It prints the page's address. Each label is on the disk before the page goes on to the next text, and what is in
    the file can be trained on at any time. Half of the texts are drawn at random, half are those where the linear
    member, which learns the labels as they come, is least sure.

    \b
    Example:
      reread label examples/sms_spam/sms_spam.csv.gz --classes ham,spam -o labels.jsonl
    """
    from reread.apps.cli.labelling import label  # noqa: PLC0415

    return label(arguments)
