"""`reread verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from reread.apps.cli import options


@click.command("verify")
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@options.common
def command(model: Path, *, as_json: bool, quiet: bool, **_: Any) -> int:
    """Check a model folder: checksums, and that batch size, padding, order, threads, export and kernel change no answer.

    \b
    Example:
      reread verify spam.reread
    """
    from reread.apps.cli.console import print_json, results, rows_table  # noqa: PLC0415
    from reread.verification import verify  # noqa: PLC0415

    checks = verify(model)
    ok = all(check.ok for check in checks)
    if as_json:
        print_json(
            {"ok": ok, "checks": [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks]}
        )
    elif not quiet:
        results.print(
            rows_table(
                ("check", "", "measured"),
                [(check.name, "ok" if check.ok else "DIFFERS", check.detail) for check in checks],
            )
        )
    return 0 if ok else 1
