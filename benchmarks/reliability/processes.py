"""What do 1, 2 and 4 processes give, answering and training? The measured ground of the arithmetic in docs/scale.md.

    python benchmarks/reliability/processes.py [--rows 200000] [--processes 1 2 4] [--rounds 3] [--steps 60]
    python benchmarks/reliability/processes.py --table                            (only the tables of docs/scale.md)

Writes rows of about 12 words and rows of about 200, and trains the default model for two minutes on each. Answering is `reread predict` on eight
Parquet parts with `--workers N`; training is torchrun with N processes, each with its share of every batch of 256 rows, the network alone. The numbers
of processes take turns, startup included for answers and left out for training; medians over rounds. A line of benchmarks/results/processes.jsonl for each
length, then the tables. More processes than the machine has cores show what sharing costs, not what more cores would give.
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
from serve_load import write_table

from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results" / "processes.jsonl"
REREAD = [sys.executable, "-c", "from reread.apps.cli import main; main()"]
PARTS, JOINED = 8, 16  # files of rows; rows of about 12 words that make one of about 200
BATCH = 256
PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"
TEXTS, ROWS = 10**9, 10**8  # that are scored, and learned from, on paper
CORES = 64
LINK = 1.25e9  # bytes a second of a network of 10 Gbit/s
LOSS = "2"  # the number of processes whose loss is taken for many


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


def tables() -> list[str]:
    """What was measured last for each length, and the arithmetic with it."""
    lines = map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())
    last = sorted({line["words_a_text"]: line for line in lines}.items())
    head = f"|  | {' | '.join(f'texts of {words:.0f} words' for words, _ in last)} |"
    made: list[str] = []
    for rows in (measured_rows, paper_rows):
        columns = [rows(line) for _, line in last]
        made += ["", head, f"|---|{'---:|' * len(columns)}"]
        made += [f"| {name} | {' | '.join(column[name] for column in columns)} |" for name in columns[0]]
    return [*made[1:], ""]


def measured_rows(line: dict[str, Any]) -> dict[str, str]:
    """A column of the first table: rates, and what share of a process is left."""
    found: dict[str, str] = {}
    for what, unit in (("texts_a_second", "answered, texts/s"), ("words_a_second_in_training", "trained, words/s")):
        for processes, rate in line[what].items():
            kept = rate / int(processes) / line[what]["1"]
            share = "" if processes == "1" else f" ({kept:.2f} of one, each)"
            found[f"{unit}, {processes} process{'es' if int(processes) > 1 else ''}"] = f"{rate:,}{share}"
    return found


def paper_rows(line: dict[str, Any]) -> dict[str, str]:
    """A column of the second table: 10⁹ texts to score, 10⁸ to learn from."""
    answered, learned = line["texts_a_second"], line["words_a_second_in_training"]
    with_loss = answered[LOSS] / int(LOSS)
    size = line["bytes_a_text_in"] + line["bytes_a_text_out"]
    words = ROWS * line["words_a_text"]
    return {
        "score 10⁹: core-hours at one core's rate": f"{TEXTS / answered['1'] / 3600:,.0f}",
        f"… with the loss at {LOSS} processes": f"{TEXTS / with_loss / 3600:,.0f}",
        f"… hours on {CORES} cores, with that loss": f"{TEXTS / with_loss / 3600 / CORES:,.1f}",
        "… storage read and written (Parquet), GB": " + ".join(
            f"{TEXTS * line[f'bytes_a_text_{way}'] / 1e9:,.0f}" for way in ("in", "out")
        ),
        f"… network of {CORES} cores, MB/s": f"{CORES * with_loss * size / 1e6:,.0f}",
        "… cores that 10 Gbit/s feed": f"{LINK / with_loss / size:,.0f}",
        "learn from 10⁸, once: core-hours of one process": f"{words / learned['1'] / 3600:,.1f}",
        f"… hours of {LOSS} processes": f"{words / learned[LOSS] / 3600:,.1f}",
        "… core-hours of these": f"{int(LOSS) * words / learned[LOSS] / 3600:,.1f}",
        "… storage read (Parquet), GB": f"{ROWS * line['bytes_a_text_in'] / 1e9:,.0f}",
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure short texts, then long ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--table", action="store_true", help="only make the tables of the page")
    parser.add_argument("--results", type=Path, default=RESULTS)
    asked = parser.parse_args(arguments)
    for rows, joined in () if asked.table else ((asked.rows, 1), (asked.rows // 4, JOINED)):
        record = measured(rows, joined, asked)
        print(json.dumps(record, indent=2))
        with asked.results.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record) + "\n")
    write_table("processes.py", tables(), PAGE)


if __name__ == "__main__":
    main()
