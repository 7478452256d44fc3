"""Does a long run take the time and the disk that it said before it began to learn? The default, one thread.

    python benchmarks/reliability/long_run.py [--rows 60000] [--steps 3000]

Writes rows of about 200 words (those of many_rows.py) and trains from them as `reread train FILE --threads 1 --steps N` does, word2vec and linear
member included. The line of benchmarks/results/long_run.jsonl: what it said, and what it took from then on. Linux only.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from larger_than_memory import LENGTHS, facts, trained
from many_rows import write_rows

from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results" / "long_run.jsonl"


def main() -> None:
    """Train, and keep a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--steps", type=int, default=3000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_rows(folder / "rows.csv", asked.rows, lengths=LENGTHS)
        found = facts(trained(folder / "rows.csv", folder, ["--steps", str(asked.steps), "--no-report"]), 0, folder)
    command = f"long_run.py --rows {asked.rows} --steps {asked.steps}"
    record = {"rows": asked.rows, **found, **circumstances(), "command": command}
    print(json.dumps(record, indent=2))
    with RESULTS.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
