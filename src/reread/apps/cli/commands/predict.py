"""`reread predict`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.predict import PredictArguments

doubts = options.group(
    click.option(
        "--abstain-below",
        type=options.Number(min=0, max=1, min_open=True),
        metavar="P",
        help=(
            "Abstain if the probability is smaller: an empty prediction, and true in the column abstained. "
            "This applies to answers that train --decide gives at a smaller one, too."
        ),
    ),
    click.option(
        "--sets",
        type=options.Number(min=0, max=1, min_open=True, max_open=True),
        metavar="COVERAGE",
        help=(
            "Add a column set: classes that contain the true one with this frequency, such as 0.9; "
            "a joint model gets one for each target."
        ),
    ),
    click.option(
        "--interval",
        type=options.Number(min=0, max=1, min_open=True, max_open=True),
        metavar="COVERAGE",
        help=(
            "Add columns lower and upper: the true number lies between them with this frequency; "
            "a joint model gets them for each target."
        ),
    ),
)


@sections.command("predict")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.argument("data", type=options.FILE, metavar="DATA", callback=options.not_empty)
@click.option(
    "-o",
    "--out",
    default="-",
    metavar="FILE",
    callback=options.not_empty,
    show_default=True,
    help=(
        "File for the answers; its name sets the format, an older one is replaced. Of several files the folder for "
        "theirs; those that are there are passed over."
    ),
)
@click.option(
    "--out-format", metavar="NAME", help="csv, tsv, jsonl, parquet or arrow. [default: by the file's name; csv for -]"
)
@click.option(
    "--workers",
    type=options.Whole(min=1, max=1024),
    metavar="N",
    help="Processes that share several files, each with one thread unless --threads says more. [default: 1]",
)
@options.ray
@options.answer
@doubts
@options.scoring
@click.option(
    "--precision-limit",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    default=0.01,
    show_default=True,
    help=(
        "Largest share of answers that a lower precision may change, and of the headline metric that it may "
        "lose, on the rows held out of training; 1 allows any."
    ),
)
@options.data
@options.common
@options.takes(PredictArguments)
def command(arguments: PredictArguments) -> None:
    """Answer every row of a file: one output row for every input row, in order.

    A row that cannot be read keeps its place with an empty prediction and a filled error column. DATA may also be a
    folder, or a pattern in quotes: each file is then answered in one of the same name in the folder that -o names. Of
    standard input, which is -, what has come of a slow pipe is answered before more is waited for.

    \b
    Example:
      reread predict spam.reread examples/sms_spam/sms_spam.csv.gz -o answers.csv
    """
    from reread.apps.cli.answering import predict  # noqa: PLC0415

    predict(arguments)
