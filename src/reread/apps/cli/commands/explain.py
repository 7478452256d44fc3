"""`reread explain`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reread.apps.cli import options


@click.command("explain")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.argument("text", metavar="TEXT")
@click.option("--for", "target", metavar="ANSWER", help="The class or label to speak for, or of a joint model TARGET or TARGET=CLASS. [default: the answer given]")  # fmt: skip
@click.option("--method", metavar="NAME", default="auto", show_default=True, help="pooled_words, deletion, integrated_gradients, attention; auto is the one that measured best.")  # fmt: skip
@click.option("--unit", type=click.Choice(["word", "sentence"]), default="word", show_default=True, help="What gets weights.")  # fmt: skip
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write a page that needs nothing else.")
@options.scoring
@options.common
def command(**values: Any) -> None:
    """Show which words decided: the text marked, and the strongest words with their weights. TEXT - reads standard input.

    \b
    Example:
      reread explain spam.reread "You have won a free prize, call now"
    """
    from reread.apps.cli.explaining import explain  # noqa: PLC0415

    explain(values)
