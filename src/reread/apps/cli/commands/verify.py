"""`reread verify`."""

from __future__ import annotations

from pathlib import Path

import click

from reread.apps.cli import options
from reread.apps.cli.arguments.verify import VerifyArguments


@click.command("verify")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@options.common
@options.takes(VerifyArguments)
def command(arguments: VerifyArguments) -> int:
    """Check a model folder: its checksums, and that no setting changes an answer.

    The settings are batch size, padding, order of the texts, threads, export and kernel.

    \b
    Example:
      reread verify spam.reread
    """
    from reread.apps.cli.console import print_json, results, rows_table  # noqa: PLC0415
    from reread.verification import verify  # noqa: PLC0415

    checks = verify(arguments.model)
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
