"""`reread tune`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.tune import TuneArguments
from reread.apps.cli.commands.train import data_options, training_options
from reread.apps.cli.invocation import Invocation
from reread.recipes.fitting import MOST_THREADS

search_options = options.group(
    click.option(
        "--trials",
        type=options.Whole(min=1),
        metavar="N",
        help="End the search after so many trials. [default: when the time of --minutes is used up]",
    ),
    click.option(
        "--space",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A TOML file of the settings to search and their values. [default: the recipe's]",
    ),
    click.option(
        "--processes",
        type=options.Whole(min=1, max=MOST_THREADS),
        metavar="N",
        help=(
            "Trials at a time, each in a process with one thread unless --threads says more. [default: 1; with --ray "
            "one for each core of the cluster]"
        ),
    ),
    options.ray,
)


@sections.command("tune")
@click.argument("data", type=options.FILE, nargs=-1, required=True, metavar="DATA...", callback=options.not_empty)
@search_options
@data_options
@options.data
@training_options
@options.report
@options.common
@options.takes(TuneArguments)
def command(arguments: TuneArguments) -> None:
    """Search settings within --minutes or --trials, then train the best ones as reread train does.

    The first trial is the recipe as it is, and all are compared on the same rows held out. Settings that you name, by
    --set or an option of their own, are not searched. The folder named after the model + .study holds the trials,
    best.toml, which repeats the best one, and tuning.html, which shows what mattered. After an interruption the same
    command with --resume continues; while a search runs, it joins it, here or on another machine.

    \b
    Example:
      reread tune examples/sms_spam/sms_spam.csv.gz --minutes 5 -o tuned.reread
    """
    from reread.lab.tune.optuna import optuna_  # noqa: PLC0415

    optuna_()  # first of all: where it is missing, that names the extra to install
    from reread.apps.cli.tuning import tune  # noqa: PLC0415  # imports torch

    tune(arguments, Invocation.current())
