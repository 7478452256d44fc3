"""What the tests of the command line share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

TINY = (
    "--epochs 1 --threads 1 --set model.hidden=4 --set model.embedding_dim=4 --set model.latent=[4]"
    " --set training.warmup=0"
)
LISTENING = (  # what a shell starts in the background ignores Ctrl-C, and so does all that it starts
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from reread.apps.cli import main; main()"
)
PRAISE = ("a lovely warm film", "great fun from start to end", "bright, clever and moving")
BLAME = ("a dull cold film", "no fun from start to end", "dim, clumsy and tedious")


class Outcome(NamedTuple):
    """What a command did: its exit code and what it wrote."""

    code: int
    out: str
    err: str


Command = Callable[[str], Outcome]


def reviews(rows: int = 30) -> str:
    """A CSV file of praise and blame in which no text stands twice."""
    lines = [f'"{(PRAISE, BLAME)[k % 2][k % 3]}, take {k}",{("pos", "neg")[k % 2]}' for k in range(rows)]
    return "\n".join(["text,label", *lines, ""])


def reread_process(
    arguments: list[str],
    environment: Mapping[str, str] | None = None,
    *,
    folder: Path | None = None,
    stdin: int | None = None,
) -> subprocess.Popen[str]:
    """The command line in a process of its own, in a folder; it hears Ctrl-C even if these tests were started not to."""
    return subprocess.Popen(
        [sys.executable, "-c", LISTENING, *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
        cwd=folder,
    )
