"""Peak memory of `reread predict` and of reading training rows as the file grows: it must not grow with the file.

    make demo && python benchmarks/speed/memory.py

Rows are made from the bundled messages. Writes benchmarks/results/memory.json.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
ROWS = (10_000, 50_000, 250_000)


def peak_mib(*command: str) -> float:
    """Run a command in a process of its own; its peak memory in MiB."""
    before = [sys.executable, "-c", f"import json,resource,subprocess;subprocess.run({list(command)!r},check=True,stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL);print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024)"]  # fmt: skip
    return float(subprocess.run(before, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Measure each size and write the record."""
    with gzip.open(ROOT / "examples/sms_spam/sms_spam.csv.gz", "rt", encoding="utf-8", newline="") as file:
        messages = [row["text"] for row in csv.DictReader(file)]
    reread = str(Path(sys.executable).with_name("reread"))
    peaks = {}
    with tempfile.TemporaryDirectory() as folder:
        for rows in ROWS:
            data = Path(folder) / "messages.csv"
            with data.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["text"])
                writer.writerows([message] for message in itertools.islice(itertools.cycle(messages), rows))
            peaks[rows] = round(
                peak_mib(reread, "predict", str(ROOT / "demo/spam.reread"), str(data), "-o", f"{folder}/out.csv")
            )
            print(rows, "rows:", peaks[rows], "MiB", f"({data.stat().st_size / 2**20:.0f} MiB file)")
    record = {"predict_peak_mib_by_rows": peaks, **circumstances(), "command": "python benchmarks/speed/memory.py"}
    (ROOT / "benchmarks/results/memory.json").write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
