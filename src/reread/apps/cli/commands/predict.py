"""`reread predict`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options
from reread.apps.cli.arguments.predict import PredictArguments

doubts = options.group(
    click.option("--abstain-below", type=options.Number(min=0, max=1, min_open=True), metavar="P",
                 help="Leave a class out whose probability is smaller: an empty prediction, and true in a column abstained. What train --decide gives at a smaller one is left out too."),
    click.option("--sets", type=options.Number(min=0, max=1, min_open=True, max_open=True), metavar="COVERAGE",
                 help="Add a column set: classes that hold the true one so often, such as 0.9; of a joint model one for each target, by itself."),
    click.option("--interval", type=options.Number(min=0, max=1, min_open=True, max_open=True), metavar="COVERAGE",
                 help="Add columns lower and upper: numbers that have the true one between them so often; of a joint model for each target, by itself."),
)  # fmt: skip


@click.command("predict")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.argument("data", metavar="DATA", callback=options.not_empty)
@click.option(
    "-o",
    "--out",
    default="-",
    metavar="FILE",
    callback=options.not_empty,
    show_default=True,
    help="Where the answers go; the name decides the format.",
)
@click.option(
    "--out-format", metavar="NAME", help="csv, tsv, jsonl, parquet or arrow. [default: by the file's name; csv for -]"
)
@click.option(
    "--network", is_flag=True, help="Answer with the network alone, where the folder blends it with the baseline."
)
@click.option("--baseline", is_flag=True, help="Answer with the linear baseline alone.")
@doubts
@options.scoring
@click.option(
    "--precision-limit",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    default=0.01,
    show_default=True,
    help="How many answers a lower precision may have changed, and how much of the headline metric it may have lost, on the rows held out of training; 1: any.",
)
@options.data
@options.common
@options.takes(PredictArguments)
def command(arguments: PredictArguments) -> None:
    """Answer every row of a file: one output row for every input row, in order.

    A row that cannot be read keeps its place with an empty prediction and a filled error column.

    \b
    Example:
      reread predict spam.reread examples/sms_spam/sms_spam.csv.gz -o answers.csv
    """
    from reread.apps.cli.answering import predict  # noqa: PLC0415

    predict(arguments)
