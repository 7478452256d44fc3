"""How long after a key is the next text there? `reread label` on 100,000 texts.

    python benchmarks/reliability/labelling_speed.py [--texts 100000] [--answers 200]

Writes texts of about 12 words, and of about 200, to a file each. A running `reread label` gets their right labels, one answer posted 0.3 s after the next text is there, as
by a quick person: the linear member learns beside many of them. Milliseconds from the answer's POST until the next text has come whole. A line of
benchmarks/results/labelling_speed.jsonl for each file, with the seconds until the page is there and its peak memory, then the table of docs/label.md. Ends with 1 if any is above 200 ms.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from labelling_server import PATH, Server, ask
from many_rows import write_rows
from serve_load import write_table

from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "labelling_speed.jsonl"
PAGE = ROOT / "docs" / "label.md"
LENGTHS = {"12": (8, 17), "200": (150, 251)}  # words of a text, the second not included
GOAL = 200.0  # milliseconds
THINKING = 0.3  # seconds between a text and its label


def answered(server: Server, truth: list[str], answers: int) -> tuple[list[float], dict[str, Any]]:
    """Milliseconds of each answer, and what is known after the last one."""
    connection, taken = server.connect(), []
    state = ask(connection)
    for _ in range(answers):
        row, again = state["asked"]["row"], state["asked"]["again"]
        time.sleep(THINKING)
        started = time.perf_counter()
        state = ask(connection, PATH, {"row": row, "label": truth[row - 1], "again": again})
        taken.append(1000 * (time.perf_counter() - started))
    connection.close()
    return taken, state


def measured(length: str, asked: argparse.Namespace) -> dict[str, Any]:
    """One file of texts."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "texts.csv"
        write_rows(data, asked.texts, lengths=LENGTHS[length])
        with data.open(encoding="utf-8", newline="") as stream:
            truth = [row["label"] for row in csv.DictReader(stream)]
        started = time.monotonic()
        server = Server(data, Path(scratch) / "labels.jsonl", "--classes", "pos,neg")
        start = time.monotonic() - started
        try:
            taken, state = answered(server, truth, asked.answers)
            peak = int(re.findall(r"VmHWM:\s+(\d+)", Path(f"/proc/{server.process.pid}/status").read_text())[0]) / 1024
        finally:
            server.kill()
    return {
        "words_a_text": int(length), "texts": asked.texts, "answers": len(taken), "labelled": state["labelled"], "learned": state["learned"],
        "median_ms": round(float(np.median(taken)), 1), "p95_ms": round(float(np.quantile(taken, 0.95)), 1), "greatest_ms": round(max(taken), 1),
        "start_seconds": round(start, 1), "peak_mib": round(peak), **circumstances(),
        "command": f"labelling_speed.py --texts {asked.texts} --answers {asked.answers}",
    }  # fmt: skip


def table() -> list[str]:
    """The last run of each length."""
    lines = map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())
    last = {line["words_a_text"]: line for line in lines}
    return [
        "| texts | words each | median, ms | 95 % within, ms | greatest, ms | page there after, s | peak memory, MiB |",
        "|---:|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {line['texts']:,} | {line['words_a_text']} | {line['median_ms']} | {line['p95_ms']} | {line['greatest_ms']} | {line['start_seconds']} | {line['peak_mib']} |"
            for line in last.values()
        ),
    ]


def main() -> int:
    """Measure, record, make the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--answers", type=int, default=200)
    parser.add_argument("--dry", action="store_true", help="record nothing")
    asked = parser.parse_args()
    found = [measured(length, asked) for length in LENGTHS]
    for line in found:
        print(json.dumps(line), flush=True)
        if not asked.dry:
            with RESULTS.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line) + "\n")
    if not asked.dry:
        write_table("labelling_speed.py", table(), PAGE)
    return int(any(line["greatest_ms"] > GOAL for line in found))


if __name__ == "__main__":
    sys.exit(main())
