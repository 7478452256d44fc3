"""`reread drift`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.drift import DriftArguments


@sections.command("drift")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.argument("data", type=options.FILE, metavar="DATA", callback=options.not_empty)
@click.option(
    "--limit",
    type=options.Number(min=0),
    default=0.2,
    show_default=True,
    metavar="X",
    help="Population stability index from which a change counts; below 0.1 the change is negligible.",
)
@click.option(
    "--level",
    type=options.Number(min=0.0001, max=1, max_open=True),
    default=0.01,
    show_default=True,
    metavar="P",
    help="Share of false alarms that is allowed.",
)
@options.scoring
@options.data
@options.common
@options.takes(DriftArguments)
def command(arguments: DriftArguments) -> int:
    """Check whether texts are still like those that a model was trained on.

    Compared with the rows held out of training are: the share of rows with a text, the length of texts, the share of
    unknown words (a rise only), the answers and their probabilities; for a stack, the answers of its network. No
    labels are needed. The exit code is 0 if the texts are alike and 3 if they are not.

    \b
    Example:
      reread drift spam.reread examples/sms_spam/sms_spam.csv.gz
    """
    from reread.apps.cli.drifting import drift_command  # noqa: PLC0415

    return drift_command(arguments)
