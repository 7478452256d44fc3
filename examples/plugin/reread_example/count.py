"""A command: `reread count FILE`."""

import click

from reread.apps.cli.commands import add


@add
@click.command("count")
@click.argument("file")
def count(file: str) -> None:
    """Count the rows of a file."""
    from reread.data.read import open_rows  # noqa: PLC0415  # other commands need not wait for it

    click.echo(sum(1 for _ in open_rows(file)))
