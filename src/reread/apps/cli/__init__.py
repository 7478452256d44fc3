"""The command line: one file a command under `commands/`; the only place that prints."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # torch's threads wait for each other many times a step, by default spinning: where another program has one of the
    # cores, they hold up the very thread that they wait for, and two are slower than one. Read when torch is imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from reread.apps.cli.run import run  # noqa: PLC0415  # `import reread.apps.cli` stays free of click

    sys.exit(run(sys.argv[1:]))
