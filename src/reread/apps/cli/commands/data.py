"""`reread data list` and `reread data fetch`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.data import FetchArguments
from reread.apps.cli.arguments.shared import CommonArguments


@click.group("data")
def command() -> None:
    """The named public data sets: what there is, and a checked copy of one.

    \b
    Example:
      reread data list
      reread data fetch sms_spam
    """


@command.command("list", cls=sections.Sectioned)
@options.common
@options.takes(CommonArguments)
def list_command(arguments: CommonArguments) -> None:
    """List the named data sets and which of them the cache holds.

    \b
    Example:
      reread data list
    """
    from reread.apps.cli.console import print_json, results, rows_table  # noqa: PLC0415
    from reread.data.datasets import list_datasets  # noqa: PLC0415

    datasets = list_datasets()
    if arguments.as_json:
        print_json(datasets)
        return
    rows = [
        (item["name"], item["task"], item["language"], "yes" if item["cached"] else "", item["description"])
        for item in datasets
    ]
    results.print(rows_table(("name", "task", "language", "cached", "what it is"), rows))


@command.command("fetch", cls=sections.Sectioned)
@click.argument("name")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Take copies from this folder (NAME/SPLIT.parquet or the original files) instead of the network.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder for the data sets. [default: the user's cache folder]",
)
@options.common
@options.takes(FetchArguments)
def fetch_command(arguments: FetchArguments) -> None:
    """Fetch a named data set once, check it, and print where its files are; cached data sets work offline.

    \b
    Example:
      reread data fetch sms_spam
    """
    from reread.apps.cli.console import print_json, results  # noqa: PLC0415
    from reread.apps.cli.places import check_folder  # noqa: PLC0415
    from reread.data.datasets import fetch  # noqa: PLC0415

    if arguments.out is not None:
        check_folder(arguments.out / arguments.name, [])
    files = fetch(arguments.name, folder=arguments.out, source=arguments.source)
    if arguments.as_json:
        print_json({"name": arguments.name, "files": {split: str(path) for split, path in files.items()}})
    elif not arguments.quiet:
        for split, path in files.items():
            results.print(f"{split}: {path}")
