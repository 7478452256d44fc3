"""Train and test on the real data sets, through the command line, and record what came out.

    python benchmarks/quality/records.py --data FOLDER sms_spam imdb …     (no name: all of them)

FOLDER holds NAME/SPLIT.parquet copies, as `reread data fetch NAME --from` and the data sets' loaders make them. Each run is a
line of benchmarks/results/quality.jsonl: what answers, with the weights of its members, network and linear member on the test
rows, seed, seconds, words per second, peak memory, commit, machine, command. Test rows are scored once, at the end, and choose
nothing; the weights are chosen on the rows held out.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from reread.data.datasets.twenty_newsgroups import strip
from reread.data.split import split_rows, text_keys
from reread.machine import circumstances

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "quality.jsonl"
TRAIN_MINUTES = 20
STACKED = ("--group", "movie", "--model", "stacked_joint")


@dataclass(frozen=True)
class Run:
    """One line of the record: a data set and how it is read."""

    folder: str
    options: tuple[str, ...] = ()
    note: str = ""
    unlabelled: str = ""
    minutes: float = TRAIN_MINUTES


RUNS = {
    "sms_spam": Run("sms_spam", note="a fifth of the distinct texts is test (seed 36); the set has no published split"),
    "imdb": Run("imdb", ("--label", "label", "--group", "movie"), note="validation split by movie"),
    "20newsgroups": Run(
        "20newsgroups", ("--label", "label"), note="without headers, footers and quotes; posts left empty are dropped"
    ),
    "thucnews_pairs": Run(
        "thucnews_titles", ("--label", "label"), note="partial training set (82,135 titles); characters with pairs"
    ),
    "thucnews_characters": Run(
        "thucnews_titles",
        ("--label", "label", "--set", "text.segmenter=characters"),
        note="partial training set; characters alone",
    ),
    "yelp_classes": Run("yelp", ("--label", "label"), note="five stars as classes"),
    "yelp_ordinal": Run("yelp", ("--label", "label", "--ordinal-order", "1,2,3,4,5"), note="five stars in order"),
    "imdb_stars": Run("imdb", ("--target", "rating", "--group", "movie"), note="star rating 1-10 as regression"),
    "emobank": Run("emobank", ("--target", "valence"), note="valence"),
    "goemotions": Run("goemotions", ("--label", "label"), note="28 labels"),
    "newsgroups_lstm": Run(
        "20newsgroups", ("--label", "label", "--model", "newsgroups_lstm"), note="posts as in 20newsgroups above"
    ),
    "stacked_joint": Run(
        "imdb", ("--label", "label", "--target", "rating", *STACKED), note="polarity and stars 1-10 together"
    ),
    "stacked_polarity": Run("imdb", ("--label", "label", *STACKED), note="the twin of stacked_joint: polarity alone"),
    "stacked_stars": Run("imdb", ("--target", "rating", *STACKED), note="the twin of stacked_joint: stars alone"),
    "imdb_stack": Run(
        "imdb", ("--label", "label", "--group", "movie", "--model", "bilstm_max", "--vectors", "word2vec"),
        note="vectors from the training rows and the 50,000 reviews without stars", unlabelled="unsup", minutes=60,
    ),
}  # fmt: skip


def splits(run: Run, data: Path, scratch: Path) -> tuple[Path, Path]:
    """The files to train on and to test on; made in ``scratch`` where the set has no such files."""
    folder = data / run.folder
    if run.folder == "sms_spam":
        table = pq.read_table(folder / "all.parquet")
        test = split_rows(
            text_keys(table["text"].to_pylist()), fraction=0.2, seed=36, strata=table["label"].to_pylist()
        )
        pq.write_table(table.filter(pa.array(~test)), scratch / "train.parquet")
        pq.write_table(table.filter(pa.array(test)), scratch / "test.parquet")
        return scratch / "train.parquet", scratch / "test.parquet"
    if run.folder == "20newsgroups":
        for name in ("train", "test"):
            table = pq.read_table(folder / f"{name}.parquet")
            texts = [strip(text) for text in table["text"].to_pylist()]
            table = table.set_column(0, "text", pa.array(texts)).filter(
                pa.array([bool(text.strip()) for text in texts])
            )
            pq.write_table(table, scratch / f"{name}.parquet")
        return scratch / "train.parquet", scratch / "test.parquet"
    return folder / "train.parquet", folder / "test.parquet"


def reread(*arguments: str) -> tuple[dict, float]:
    """Run a command with --json; its result and its peak memory in MiB."""
    command = [sys.executable, "-c", "from reread.apps.cli import main; main()", *arguments, "--json"]
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, stderr=sys.stderr)
        peak = [0.0]
        watcher = threading.Thread(target=watch_memory, args=(process, peak))
        watcher.start()
        code = process.wait()
        watcher.join()
        output.seek(0)
        text = output.read()
    if code:
        raise SystemExit(f"reread {shlex.join(arguments)} ended with {code}")
    return json.loads(text), peak[0]


def watch_memory(process: subprocess.Popen, peak: list[float]) -> None:
    """Follow the kernel's own high-water mark of a process until it ends."""
    while process.poll() is None:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            return
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        if found:
            peak[0] = max(peak[0], int(found[1]) / 1024)
        time.sleep(0.5)


def record(name: str, data: Path, *, minutes: float, seed: int, extra: list[str]) -> dict:
    """Train, test, and say what came out."""
    run = RUNS[name]
    options = [*run.options, "--minutes", str(minutes), "--seed", str(seed), *extra]
    command = f"reread train {run.folder}/train --text text {shlex.join(options)}"
    if run.unlabelled:
        options += ["--unlabelled", str(data / run.folder / f"{run.unlabelled}.parquet")]
        command += f" --unlabelled {run.folder}/{run.unlabelled}"
    with tempfile.TemporaryDirectory() as folder:
        train, test = splits(run, data, Path(folder))
        model = str(Path(folder) / "model")
        trained, peak = reread("train", str(train), "--text", "text", *options, "-o", model)
        tested, _ = reread("evaluate", model, str(test))
        verified, _ = reread("verify", model)
    return {
        "set": name, "note": run.note, "test_rows": tested["rows"], "answers": tested["metrics"], "members": trained["members"],
        "network": tested["network"], "validation_network": trained["network"], "baseline": tested["baseline"], "validation": trained["validation"], "validation_baseline": trained["baseline"],
        "seed": seed, "seconds": trained["seconds"], "steps": trained["steps"], "stopped": trained["stopped"],
        "words_per_second": trained["words_per_second"], "peak_memory_mib": round(peak), "verified": verified["ok"],
        **circumstances(), "command": command,
    }  # fmt: skip


def main() -> None:
    """Record the runs asked for, each written as soon as it is done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(RUNS)}")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--minutes", type=float, help=f"{TRAIN_MINUTES}, of imdb_stack 60")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--extra", default="", help="more options of reread train, in one string")
    arguments = parser.parse_args()
    for name in arguments.names or list(RUNS):
        minutes = arguments.minutes or RUNS[name].minutes
        line = record(name, arguments.data, minutes=minutes, seed=arguments.seed, extra=shlex.split(arguments.extra))
        with arguments.out.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(
            name,
            *(line.get(part) for part in ("network", "baseline", "answers")),
            f"{line['seconds']:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
