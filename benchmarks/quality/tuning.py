"""Does `reread tune` beat the defaults in 20 minutes, if two processes share one study and one of them is killed and resumed?

    python benchmarks/quality/tuning.py --data FOLDER --out FOLDER [--minutes 20] [NAME[:ROWS] …]     (no name: three sets)

The search begins in one process; another joins it after 45 seconds; a third of the time later the first is killed (SIGKILL), and begun again with
--resume. Then `reread train` trains the defaults, and both models answer the test rows, which chose nothing. Each search is a line of
benchmarks/results/tuning.jsonl. A folder in --out whose search is over is measured again, not searched.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import optuna
import pyarrow.parquet as pq
from defaults import SETS, figures_of, of_known_labels, tables

from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results" / "tuning.jsonl"
REREAD = (sys.executable, "-c", "from reread.apps.cli import main; main()")
JOINS, KILLED, BACK = 45, 1 / 3, 20  # seconds; share of the time; seconds later
ONE_THREAD = ("--threads", "1")


def search(place: Path, options: tuple[str, ...], minutes: float) -> None:
    """Two processes search; the first is killed and resumed."""
    end = time.monotonic() + 60 * minutes

    def begin(*more: str) -> subprocess.Popen[bytes]:
        left = (end - time.monotonic()) / 60
        command = (
            *REREAD,
            "tune",
            "train.parquet",
            *options,
            "-o",
            "tuned.reread",
            *ONE_THREAD,
            "--minutes",
            f"{left:.2f}",
            *more,
        )
        return subprocess.Popen(command, cwd=place, start_new_session=True)

    first = begin()
    time.sleep(JOINS)
    second = begin("--resume")
    time.sleep(60 * minutes * KILLED)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    time.sleep(BACK)
    codes = [process.wait() for process in (begin("--resume"), second)]
    if codes != [0, 0]:
        raise SystemExit(f"{place.name}: the searches ended with {codes}")


def trials(place: Path) -> dict[str, Any]:
    """What the search found: the headline figure on the rows held out."""
    storage = optuna.storages.JournalStorage(
        optuna.storages.journal.JournalFileBackend(str(place / "tuned.reread.study" / "journal.log"))
    )
    (name,) = optuna.study.get_all_study_names(storage)
    study = optuna.load_study(study_name=name, storage=storage)
    ended = [trial.value for trial in study.trials if trial.state == optuna.trial.TrialState.COMPLETE]
    return {
        "trials": len(study.trials), "whole_trials": len(ended), "defaults": study.trials[0].value, "best": study.best_value,
        "settings": study.best_params,
    }  # fmt: skip


def record(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Search if that was not done yet, measure, and say what came out."""
    name, _, size = name.partition(":")
    data, column = SETS[name], SETS[name].options[1]
    place = options.out.resolve() / (f"{name}-{size}" if size else name)
    train, test = tables(data, options.data)
    train = train.slice(0, int(size) if size else None)
    test = test if data.metric == "pearson" else of_known_labels(test, train, column)
    if not (place / "tuned.reread").exists():
        place.mkdir(parents=True, exist_ok=True)
        pq.write_table(train.select(["text", column]), place / "train.parquet")
        search(place, data.options, options.minutes)
    if not (place / "default.reread").exists():
        command = (*REREAD, "train", "train.parquet", *data.options, "-o", "default.reread", *ONE_THREAD)
        subprocess.run(command, cwd=place, check=True)
    sides = {side: figures_of(place / f"{side}.reread", test, column) for side in ("default", "tuned")}
    return {
        "set": name, "rows": len(train), "test_rows": len(test), "minutes": options.minutes, "metric": data.metric,
        "validation": trials(place), **{f"test_{side}": figures for side, figures in sides.items()}, "note": options.note, **circumstances(),
        "command": f"reread tune {data.folder} {' '.join((*data.options, *ONE_THREAD))} --minutes {options.minutes:g}",
    }  # fmt: skip


def main() -> None:
    """Record each set, one after another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=["mr", "emobank", "yelp:5000"], help=f"of {', '.join(SETS)}")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="the folder of the models and studies")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--note", default="", help="what else the machine did")
    options = parser.parse_args()
    for name in options.names:
        line = record(name, options)
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(line["set"], line["validation"]["defaults"], line["validation"]["best"], flush=True)


if __name__ == "__main__":
    main()
