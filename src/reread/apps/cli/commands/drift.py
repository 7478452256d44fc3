"""`reread drift`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options
from reread.apps.cli.arguments.drift import DriftArguments


@click.command("drift")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.argument("data", metavar="DATA", callback=options.not_empty)
@click.option(
    "--limit",
    type=options.Number(min=0),
    default=0.2,
    show_default=True,
    metavar="X",
    help="Population stability index from which a change matters: below 0.1 there is none to speak of.",
)
@click.option(
    "--level",
    type=options.Number(min=0.0001, max=1, max_open=True),
    default=0.01,
    show_default=True,
    metavar="P",
    help="How often an alarm may come by chance.",
)
@options.scoring
@options.data
@options.common
@options.takes(DriftArguments)
def command(arguments: DriftArguments) -> int:
    """Say whether texts are still like those that a model was trained on.

    Compared with the rows held out of training: whether there is a text, its length, words that the model does not know (only if there are more of them), the
    answers and how sure they are; of a blend, the answers of its network. No labels are needed. Exit code 0: they are alike; 3: they are not.

    \b
    Example:
      reread drift spam.reread examples/sms_spam/sms_spam.csv.gz
    """  # fmt: skip
    from reread.apps.cli.drifting import drift_command  # noqa: PLC0415

    return drift_command(arguments)
