"""`reread explain`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.explain import ExplainArguments


@sections.command("explain")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.argument("given", metavar="[TEXT]", required=False)
@click.option(
    "--data",
    metavar="FILE",
    callback=options.not_empty,
    help="Explain all texts of this file, and show which words and phrases drive each answer.",
)
@click.option(
    "--examples",
    metavar="FILE",
    callback=options.not_empty,
    help="Also show the rows of this file that the network finds most similar to TEXT.",
)
@click.option(
    "--for",
    "target",
    metavar="ANSWER",
    help=(
        "The answer to explain: a class or label; with ordered classes, that class or a higher one; "
        "in a joint model, TARGET or TARGET=CLASS. [default: the model's answer, "
        "with each of its labels and targets; with ordered classes, what makes it higher]"
    ),
)
@click.option(
    "--method",
    metavar="NAME",
    default="auto",
    show_default=True,
    help=(
        "Of networks deletion, integrated_gradients, pooled_words or attention; of linear members ngrams. "
        "auto is the one that was measured as most faithful."
    ),
)
@click.option(
    "--unit",
    type=click.Choice(["word", "sentence"]),
    default="word",
    show_default=True,
    help="The pieces that get weights.",
)
@click.option(
    "--top",
    type=options.Whole(min=1),
    default=20,
    show_default=True,
    help="With --data: how many words and phrases to show for and against each answer.",
)
@click.option(
    "--least",
    type=options.Whole(min=1),
    metavar="N",
    help=(
        "With --data: show only words that occur in at least N texts of an answer. [default: "
        "3 of 100 texts or more, 2 of 20, else 1]"
    ),
)
@click.option(
    "--gates",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw an LSTM's gates and cell over the words of TEXT: FILE.svg or FILE.png.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the explanation as a self-contained HTML page.",
)
@options.answer
@options.scoring
@options.data
@options.common
@options.takes(ExplainArguments)
def command(arguments: ExplainArguments) -> None:
    """Show which words decided: the text with marks, and the strongest words with their weights.

    TEXT - reads standard input. Several labels, or targets of a joint model, are explained one after the other.

    \b
    Example:
      reread explain spam.reread "You have won a free prize, call now"
      reread explain spam.reread "call me when you are home" --examples examples/sms_spam/sms_spam.csv.gz
      reread explain spam.reread --data examples/sms_spam/sms_spam.csv.gz
    """
    from reread.apps.cli.explaining import explain  # noqa: PLC0415

    explain(arguments)
