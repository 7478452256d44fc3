"""The command line: one file a command under `commands/`; the only place that prints."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from reread.apps.cli.run import run  # noqa: PLC0415  # `import reread.apps.cli` stays free of click

    sys.exit(run(sys.argv[1:]))
