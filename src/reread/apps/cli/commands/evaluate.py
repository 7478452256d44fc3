"""`reread evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.evaluate import EvaluateArguments
from reread.apps.cli.invocation import Invocation


@sections.command("evaluate")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.argument("data", type=options.FILE, nargs=-1, required=True, metavar="DATA...", callback=options.not_empty)
@click.option(
    "--label", "labels", metavar="COLUMN", multiple=True, help="The column of classes. [default: as in training]"
)
@click.option(
    "--target", "targets", metavar="COLUMN", multiple=True, help="The column of numbers. [default: as in training]"
)
@click.option(
    "--label-separator",
    metavar="TEXT",
    callback=options.not_empty,
    help="Splits a label into several. [default: as in training]",
)
@click.option(
    "--on-bad-rows",
    type=click.Choice(["stop", "set-aside"]),
    default="stop",
    show_default=True,
    help="What to do with a row without a text or a label.",
)
@click.option(
    "--rejects",
    type=click.Path(path_type=Path),
    help="File for the rows set aside; an older one is replaced. [default: beside the model]",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File for the report; an older one is replaced. [default: beside the model, as MODEL.DATA.html]",
)
@click.option("--unseen", is_flag=True, help="Leave out rows whose text was a row of training, or held out of it.")
@options.answer
@options.report
@options.scoring
@options.data
@options.common
@options.takes(EvaluateArguments)
def command(arguments: EvaluateArguments) -> None:
    """Measure a model, and each of its members, on a file of texts with their labels.

    The report, one HTML file, shows how good it is and where it fails.

    \b
    Example:
      reread evaluate spam.reread examples/sms_spam/sms_spam.csv.gz
    """
    from reread.apps.cli.evaluating import evaluate  # noqa: PLC0415

    evaluate(arguments, Invocation.current())
