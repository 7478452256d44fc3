"""Does `reread train --minutes M` keep its time and its memory on many rows? One thread, nothing else said.

    python benchmarks/reliability/many_rows.py [--rows 1000000] [--minutes 2 5]

Writes rows of about 12 words to a temporary file: words drawn by Zipf's law, one in six of them with a meaning that a "not" before it turns
round, and one label in ten wrong, so no model can be right more often than nine times in ten. Each run is a line of
benchmarks/results/many_rows.jsonl: minutes asked and taken, peak memory, what the linear member read and left out, steps, accuracy on the rows
held out, and what the command said about its time.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results" / "many_rows.jsonl"
TRAIN = [sys.executable, "-c", "from reread.apps.cli import main; main()", "train"]
BLOCK = 10_000  # rows made at a time
LENGTHS = (8, 17)  # words of a text, the second not included
WORDS, NOT = 50_000, 40  # different words, and the place of "not" among them by frequency
TELLING, WRONG = 1 / 6, 0.1  # shares of the words that mean something, and of the labels that are wrong
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]


def vocabulary() -> list[str]:
    """Words of syllables, each different."""
    size = len(SYLLABLES)
    words = [SYLLABLES[k % size] + SYLLABLES[k // size % size] + SYLLABLES[k // size**2] for k in range(WORDS)]
    words[NOT] = "not"
    return words


def write_rows(file: Path, rows: int, seed: int = 0, lengths: tuple[int, int] = LENGTHS) -> None:
    """Write rows with a text of so many words and a label to a CSV file, a block at a time."""
    random = np.random.default_rng(seed)
    words = vocabulary()
    meanings = random.normal(size=WORDS) * (random.random(WORDS) < TELLING)
    meanings[NOT] = 0
    edges = np.cumsum(1 / np.arange(10, WORDS + 10))
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "label"])
        for start in range(0, rows, BLOCK):
            sizes = random.integers(*lengths, size=min(BLOCK, rows - start))
            drawn = np.searchsorted(edges, random.random(int(sizes.sum())) * edges[-1])
            before = np.concatenate([[0], drawn[:-1]])
            meant = np.where(before == NOT, -1, 1) * meanings[drawn]
            ends = np.cumsum(sizes)
            positive = np.add.reduceat(meant, ends - sizes) > 0
            told = positive ^ (random.random(len(sizes)) < WRONG)
            for text, label in zip(np.split(drawn, ends[:-1]), told, strict=True):
                writer.writerow([" ".join(words[word] for word in text), "pos" if label else "neg"])


def measured(file: Path, rows: int, minutes: float, folder: Path) -> dict[str, Any]:
    """One run: what it took, what it chose and what it said."""
    model = folder / "model"
    options = ["--minutes", f"{minutes:g}", "--threads", "1"]
    command = [*TRAIN, str(file), *options, "-o", str(model), "--overwrite", "--json"]
    started = time.monotonic()
    with (folder / "out").open("w+b") as out, (folder / "said").open("w+b") as said:
        process = subprocess.Popen(command, stdout=out, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
    seconds, code = time.monotonic() - started, os.waitstatus_to_exitcode(status)
    told = (folder / "said").read_text(encoding="utf-8")
    if code:
        raise SystemExit(f"reread train ended with {code}: {told}")
    summary = json.loads((folder / "out").read_bytes())
    linear = json.loads((model / "baseline.json").read_text(encoding="utf-8"))["facts"]
    return {
        "rows": rows,
        "minutes": minutes,
        "minutes_taken": round(seconds / 60, 2),
        "seconds": round(seconds, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mib": round(used.ru_maxrss / 1024),
        "linear": {name: linear[name] for name in ("rows", "features", "limits", "seconds")},
        "steps": summary["steps"],
        "stopped": summary["stopped"],
        "members": summary["members"],
        "accuracy": {name: summary[name]["accuracy"] for name in ("validation", "network", "baseline")},
        "about_time": [line.strip() for line in told.splitlines() if "late" in line or "time" in line],
        **circumstances(),
        "command": f"reread train FILE {' '.join(options)}",
    }


def main() -> None:
    """Measure, a line for each run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, nargs="+", default=[2, 5])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "rows.csv"
        write_rows(file, arguments.rows)
        for minutes in arguments.minutes:
            record = measured(file, arguments.rows, minutes, Path(scratch))
            print(json.dumps(record, indent=2))
            with RESULTS.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
