"""`reread verify`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options, sections
from reread.apps.cli.arguments.verify import VerifyArguments


@sections.command("verify")
@click.argument("model", metavar="MODEL|URL")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The first line is the server's token. [default: the variable REREAD_TOKEN]",
)
@options.common
@options.takes(VerifyArguments)
def command(arguments: VerifyArguments) -> int:
    """Check a model folder: its checksums, and that no setting changes an answer.

    The settings are batch size, padding, order of the texts, threads, export and kernel. Of a running server, by its
    URL such as http://127.0.0.1:8080: batch size, padding, order, and whether others ask at the same time.

    \b
    Example:
      reread verify spam.reread
    """
    from reread.apps.cli.console import print_json, results, rows_table  # noqa: PLC0415
    from reread.apps.cli.verifying import verified  # noqa: PLC0415

    checks = verified(arguments)
    ok = all(check.ok for check in checks)
    if arguments.as_json:
        print_json(
            {"ok": ok, "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks]}
        )
    elif not arguments.quiet:
        results.print(
            rows_table(
                ("check", "", "measured"),
                [(check.name, "ok" if check.ok else "DIFFERS", check.detail) for check in checks],
            )
        )
    return 0 if ok else 1
