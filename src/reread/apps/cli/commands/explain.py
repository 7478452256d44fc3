"""`reread explain`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options
from reread.apps.cli.arguments.explain import ExplainArguments


@click.command("explain")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.argument("given", metavar="[TEXT]", required=False)
@click.option("--data", metavar="FILE", callback=options.not_empty, help="Explain all texts of this file, and show which words and phrases drive each answer.")  # fmt: skip
@click.option("--examples", metavar="FILE", callback=options.not_empty, help="Show also the rows of this file that are most like TEXT to the network.")  # fmt: skip
@click.option("--for", "target", metavar="ANSWER", help="The class or label to speak for, of ordered classes at least that one, of a joint model TARGET or TARGET=CLASS. [default: the answer given, each label and target of it; of ordered classes why higher]")  # fmt: skip
@click.option("--method", metavar="NAME", default="auto", show_default=True, help="deletion, integrated_gradients, pooled_words, attention; auto is the one that measured best.")  # fmt: skip
@click.option("--unit", type=click.Choice(["word", "sentence"]), default="word", show_default=True, help="What gets weights.")  # fmt: skip
@click.option("--top", type=options.Whole(min=1), default=20, show_default=True, help="Of --data: words and phrases shown for and against each answer.")  # fmt: skip
@click.option("--least", type=options.Whole(min=1), metavar="N", help="Of --data: texts of an answer that a word must stand in to be shown. [default: 3 of 100 texts or more, 2 of 20, else 1]")  # fmt: skip
@click.option("--gates", type=click.Path(path_type=Path), metavar="FILE", help="Draw an LSTM's gates and cell over the words of TEXT: FILE.svg or FILE.png.")  # fmt: skip
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page that needs nothing else.")
@options.scoring
@options.data
@options.common
@options.takes(ExplainArguments)
def command(arguments: ExplainArguments) -> None:
    """Show which words decided: the text marked, and the strongest words with their weights. TEXT - reads standard input.

    Several labels, or targets of a joint model, are explained one after the other.

    \b
    Example:
      reread explain spam.reread "You have won a free prize, call now"
      reread explain spam.reread "call me when you are home" --examples examples/sms_spam/sms_spam.csv.gz
      reread explain spam.reread --data examples/sms_spam/sms_spam.csv.gz
    """
    from reread.apps.cli.explaining import explain  # noqa: PLC0415

    explain(arguments)
