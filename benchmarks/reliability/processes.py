"""What do 1, 2 and 4 processes give, answering and training? The measured ground of the arithmetic in docs/scale.md.

    python benchmarks/reliability/processes.py [--rows 40000] [--processes 1 2 4] [--rounds 3] [--steps 300]

Writes rows of about 12 words and rows of about 200, and trains the default model for two minutes on each. Answering is `reread predict` on eight
Parquet parts with `--workers N`; training is torchrun with N processes, each with its share of every batch of 256 rows, the network alone. The numbers
of processes take turns, startup included for answers and left out for training; medians over rounds. A line of benchmarks/results/processes.jsonl for each
length. More processes than the machine has cores show what sharing costs, not what more cores would give.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from many_rows import write_rows

from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results" / "processes.jsonl"
REREAD = [sys.executable, "-c", "from reread.apps.cli import main; main()"]
PARTS, JOINED = 8, 16  # files of rows; rows of about 12 words that make one of about 200
BATCH = 256


def written(folder: Path, rows: int, joined: int) -> tuple[Path, int, int]:
    """A file to train on, parts beside it, and the bytes of these; several short texts can make one long text."""
    short, train = folder / "short.csv", folder / "train.csv"
    write_rows(short, rows * joined)
    with short.open(encoding="utf-8", newline="") as stream:
        read = list(csv.DictReader(stream))
    together = [read[k : k + joined] for k in range(0, len(read), joined)]
    texts = [" ".join(row["text"] for row in each) for each in together]
    labels = [statistics.mode(row["label"] for row in each) for each in together]
    with train.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("text", "label"), *zip(texts, labels, strict=True)])
    (folder / "in").mkdir()
    for part in range(PARTS):
        pq.write_table(pa.table({"text": texts[part::PARTS]}), folder / "in" / f"{part}.parquet")
    parts = sum(path.stat().st_size for path in (folder / "in").iterdir())
    return train, parts, sum(len(each.split()) for each in texts)


def answered(folder: Path, processes: int) -> float:
    """Seconds of `reread predict` with so many processes."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    spread = ["--workers", str(processes), "--threads", "1", "--quiet"]
    started = time.monotonic()
    subprocess.run([*REREAD, "predict", str(folder / "model"), str(folder / "in"), "-o", str(out), *spread], check=True)
    return time.monotonic() - started


def trained(train: Path, folder: Path, processes: int, steps: int) -> float:
    """Words a second of so many processes that train together."""
    reread = str(Path(sys.executable).with_name("reread"))
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    plain = ["--threads=1", "--device=cpu", "--quiet", "--json", "--no-baseline", "--no-report", "--overwrite"]
    asked = [f"--steps={steps}", f"--batch-size={BATCH}", "--set=vectors.least_tokens=none", f"-o{folder / 'trained'}"]
    found = subprocess.run(
        [*torchrun, reread, "train", str(train), *plain, *asked],
        stdout=subprocess.PIPE,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    return float(json.loads(found.stdout)["words_per_second"])


def measured(rows: int, joined: int, asked: argparse.Namespace) -> dict[str, Any]:
    """One length of texts."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        train, size, words = written(folder, rows, joined)
        made = [*REREAD, "train", str(train), "--minutes", "2", "--threads", "1", "--no-report", "--quiet"]
        subprocess.run([*made, "-o", str(folder / "model")], check=True)
        seconds: dict[int, list[float]] = {each: [] for each in asked.processes}
        pace: dict[int, list[float]] = {each: [] for each in asked.processes}
        for _ in range(asked.rounds):
            for each in asked.processes:
                seconds[each].append(answered(folder, each))
                pace[each].append(trained(train, folder, each, asked.steps))
        answers = sum(path.stat().st_size for path in (folder / "out").iterdir())
        model = sum(path.stat().st_size for path in (folder / "model").rglob("*") if path.is_file())
    return {
        "rows": rows,
        "words_a_text": round(words / rows, 1),
        "texts_a_second": {each: round(rows / statistics.median(seconds[each])) for each in seconds},
        "words_a_second_in_training": {each: round(statistics.median(pace[each])) for each in pace},
        "bytes_a_text_in": round(size / rows, 1),
        "bytes_a_text_out": round(answers / rows, 1),
        "model_bytes": model,
        "cores": os.cpu_count(),
        **circumstances(),
        "command": f"processes.py --rows {asked.rows} --rounds {asked.rounds} --steps {asked.steps}",
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure short texts, then long ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args(arguments)
    for rows, joined in ((asked.rows, 1), (asked.rows // 4, JOINED)):
        record = measured(rows, joined, asked)
        print(json.dumps(record, indent=2))
        with asked.results.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
