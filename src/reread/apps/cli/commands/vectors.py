"""`reread vectors train`, `neighbours`, `list` and `fetch`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.shared import CommonArguments
from reread.apps.cli.arguments.vectors import FetchVectorsArguments, NeighboursArguments, VectorsArguments
from reread.apps.cli.invocation import Invocation


@click.group("vectors")
def command() -> None:
    """Word vectors: train them on texts, fetch named ones, and look at the neighbours of a word.

    \b
    Example:
      reread vectors list
      reread vectors train examples/sms_spam/sms_spam.csv.gz -o words.safetensors
      reread vectors neighbours words.safetensors tomorrow
    """


word2vec_options = options.group(
    options.language,
    click.option("--algorithm", metavar="NAME", help="skip_gram or cbow. [default: by the size of the corpus]"),
    click.option("--dim", type=options.Whole(min=1), help="Length of a vector. [default: 200]"),
    click.option("--window", type=options.Whole(min=1), help="Context words on either side. [default: 5]"),
    click.option(
        "--negative", type=options.Whole(min=1), help="Negative samples drawn for each true word. [default: 5]"
    ),
    click.option("--hierarchical-softmax", is_flag=True, help="Use hierarchical softmax instead of negative samples."),
    click.option(
        "--min-count", type=options.Whole(min=1), help="How often a word must occur to get a vector. [default: 5]"
    ),
    click.option(
        "--sample",
        type=options.Number(min=0, max=1, max_open=True),
        help="Share of all words above which a frequent word is skipped at random (subsampling). [default: 0.001]",
    ),
    click.option("--epochs", type=options.Whole(min=1), help="Passes over the texts. [default: 5]"),
    click.option(
        "--ngrams",
        is_flag=True,
        help="Also learn vectors of character n-grams (fastText), so that unknown words get a vector.",
    ),
    click.option(
        "--reduce", type=options.Whole(min=1), metavar="N", help="Keep N principal components of each vector."
    ),
    click.option(
        "--deterministic", is_flag=True, help="Train with one worker, which gives the same vectors every time."
    ),
    options.settings("Any setting of vectors or text, such as text.segmenter=chinese."),
    options.out(
        "File for the vectors: .safetensors, .txt or .bin. [default: the data file's name + .safetensors]",
        kind="FILE",
        overwrite="Replace an existing file.",
    ),
)


@command.command("train", cls=sections.Sectioned)
@click.argument("data", type=options.FILE, nargs=-1, required=True, metavar="DATA...", callback=options.not_empty)
@options.data
@word2vec_options
@options.common
@options.takes(VectorsArguments)
def train_command(arguments: VectorsArguments) -> None:
    """Train word vectors (word2vec) on the texts of files of any size; labels are not read.

    \b
    Example:
      reread vectors train examples/sms_spam/sms_spam.csv.gz -o words.safetensors
    """
    from reread.apps.cli.word_vectors import train  # noqa: PLC0415

    train(arguments, started=Invocation.current().started)


@command.command("neighbours", cls=sections.Sectioned)
@click.argument("file", type=options.FILE, metavar="FILE|NAME", callback=options.not_empty)
@click.argument("word", metavar="WORD", callback=options.not_empty)
@click.option("-n", "count", type=options.Whole(min=1), default=10, show_default=True, help="How many.")
@options.common
@options.takes(NeighboursArguments)
def neighbours_command(arguments: NeighboursArguments) -> None:
    """Show the words whose vectors are nearest to that of a word, by cosine.

    \b
    Example:
      reread vectors neighbours words.safetensors tomorrow
    """
    from reread.apps.cli.console import print_json, results, rows_table  # noqa: PLC0415
    from reread.vectors.sources import vector_source  # noqa: PLC0415

    neighbours = vector_source(arguments.file).neighbours(arguments.word, arguments.count)
    if arguments.as_json:
        near = [{"word": other, "cosine": cosine} for other, cosine in neighbours]
        print_json({"file": arguments.file, "word": arguments.word, "neighbours": near})
    else:
        results.print(rows_table(("word", "cosine"), [(other, f"{cosine:.4f}") for other, cosine in neighbours]))


@command.command("list", cls=sections.Sectioned)
@options.common
@options.takes(CommonArguments)
def list_command(arguments: CommonArguments) -> None:
    """List the named word vectors and which of them are on this machine.

    \b
    Example:
      reread vectors list
    """
    from reread.apps.cli.console import print_json, results, rows_table  # noqa: PLC0415
    from reread.vectors.catalogue import list_vectors  # noqa: PLC0415

    named = list_vectors()
    if arguments.as_json:
        print_json(named)
        return
    heads = ("name", "language", "numbers", "here", "size", "licence", "checksum", "what they are")
    rows = [
        (
            *(item["name"], item["language"], str(item["dim"]), "yes" if item["here"] else "", item["size"]),
            *(item["licence"], "published" if item["checksum"] else "of the first fetch", item["description"]),
        )
        for item in named
    ]
    results.print(rows_table(heads, rows))


@command.command("fetch", cls=sections.Sectioned)
@click.argument("name", callback=options.not_empty)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take this copy of the published file, or the one in this folder, instead of the network.",
)
@options.common
@options.takes(FetchVectorsArguments)
def fetch_command(arguments: FetchVectorsArguments) -> None:
    """Fetch named word vectors once, check them, and print where they are; they work offline from then on.

    \b
    Example:
      reread vectors fetch glove-50d
    """
    from reread.apps.cli.console import print_json, results  # noqa: PLC0415
    from reread.vectors.catalogue import fetch_vectors  # noqa: PLC0415

    file = fetch_vectors(arguments.name, source=arguments.source)
    if arguments.as_json:
        print_json({"name": arguments.name, "file": str(file.path), "sha256": file.sha256})
    elif not arguments.quiet:
        results.print(f"{arguments.name}: {file.path}")
