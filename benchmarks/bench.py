"""All races of speed/, one after the other, then their tables and figure: what `make bench` runs.

    python benchmarks/bench.py                                                                    (the bundled messages: minutes)
    python benchmarks/bench.py --data imdb --python keras=KERAS/bin/python --python peers=PEERS/bin/python      (hours)

In a race all sides take turns. Sides without their environment (peers/requirements*.txt) are left out, and said. With --data the growth against rows,
text length, classes and vocabulary comes too, but for the ten million rows, which are asked for by themselves (README.md).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

SPEED = Path(__file__).resolve().parent / "speed"
TO_A_GOAL = ("reread", "PyTorch, padded", "fastText (no recurrence)", "TF-IDF, linear (no network)", "bilstm_max", "bisru_max", "bimin_max")  # fmt: skip
AXES = ("rows", "length", "classes", "vocabulary")
Command = tuple[str, ...]


def brief() -> Iterator[Command]:
    """On the bundled messages: every race, few rounds."""
    yield ("startup",)
    yield "steps", "--rounds", "3"
    yield "training", "--rounds", "1"
    yield "scoring", "--rounds", "3", "--calls", "300"
    yield ("picture",)


def whole(data: Path, pythons: Sequence[str]) -> Iterator[Command]:
    """On a folder with train.parquet: every race, one thread and all cores; seconds to an accuracy; replicas; growth."""
    read, peers = ("--data", str(data)), tuple(part for each in pythons for part in ("--python", each))
    yield ("startup",)
    yield "steps", *read
    yield "training", *read, *peers
    yield "training", *read, *peers, "--threads", "0", "--rounds", "1"
    yield "training", *read, *peers, "--rows", "22500", "--epochs", "6", "--rounds", "1", *(part for side in TO_A_GOAL for part in ("--side", side))  # fmt: skip
    yield "training", *read, "--side", "reread", "--replicas"
    yield "scoring", *read, *peers
    yield "scoring", *read, *peers, "--threads", "0"
    for axis in AXES:
        yield "growth", *read, "--axis", axis
    yield ("growth_picture",)
    yield "picture", "--data", data.resolve().name


def main() -> None:
    """Run them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with train.parquet; else the bundled messages")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PYTHON", help="of keras, peers, flair or fasttext")  # fmt: skip
    arguments = parser.parse_args()
    commands = list(brief() if arguments.data is None else whole(arguments.data, arguments.python))
    for number, (script, *options) in enumerate(commands, start=1):
        started = time.monotonic()
        print(f"[{number} of {len(commands)}] {script} {' '.join(options)}", flush=True)
        subprocess.run([sys.executable, SPEED / f"{script}.py", *options], check=True)
        print(
            f"[{number} of {len(commands)}] {script} took {(time.monotonic() - started) / 60:.1f} minutes", flush=True
        )


if __name__ == "__main__":
    main()
