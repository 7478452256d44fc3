"""An hour of one core for IMDB with all its labels and the reviews without: docs/unlabelled.md.

    python benchmarks/quality/imdb_hour.py --data FOLDER --work FOLDER [--minutes 15 …] [--seeds 3] [--threads 1]

A network of twice the states reads all 75,000 reviews for so many minutes (`reread pretrain`), then the 25,000 labelled ones with no film on both sides
(`reread train --from`); network, linear member and stack are asked about the test rows once, by which nothing is chosen. `--work` keeps what was
pretrained and trained, each named by its minutes and seed: what stands there is used, and its seconds are not known. A run is a line of
benchmarks/results/imdb_hour.jsonl, written as soon as it is done; runs that stand there are passed over. The table goes into the page.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from defaults import spread, write_table
from records import reread

from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "imdb_hour.jsonl"
PAGE = ROOT / "docs" / "unlabelled.md"
TWICE = ("--set", "model.hidden=256", "--set", "model.latent=[256]")
PARTS = ("network", "linear", "stack")
FIGURES = ("accuracy", "log_loss")


def record(minutes: float, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Pretrain, train, and judge once."""
    rows, texts, judges = (str(options.data / "imdb" / f"{part}.parquet") for part in ("train", "unsup", "test"))
    pretrained, model = (options.work / f"{minutes:g}-{seed}.{kind}" for kind in ("pretrained", "reread"))
    common = ("--threads", str(options.threads), "--seed", str(seed), *TWICE)
    read = ("pretrain", rows, texts, "--minutes", f"{minutes:g}", *common)
    learn = ("train", rows, "--label", "label", "--group", "movie", "--from", pretrained.name, "--no-report", *common)
    seconds: dict[str, float | None] = {"pretraining": None, "training": None}
    if not model.exists():
        if not pretrained.exists():
            seconds["pretraining"] = reread(*read, "-o", str(pretrained))[0]["seconds"]
        given = [str(pretrained) if each == pretrained.name else each for each in learn]
        seconds["training"] = reread(*given, "-o", str(model))[0]["seconds"]
    facts = json.loads((model / "config.json").read_text(encoding="utf-8"))
    said = {part: _judged(model, judges, part) for part in PARTS}
    return {
        "minutes": minutes, "seed": seed, **said, "words_read": facts["pretrained"]["words_read"], "members": facts["members"], "seconds": seconds,
        **circumstances(), "commands": [" ".join(["reread", *map(_short, command)]) for command in (read, learn)],
    }  # fmt: skip


def _judged(model: Path, rows: str, part: str) -> dict[str, float]:
    answer = () if part == "stack" else ("--answer", part)
    said, _ = reread("evaluate", str(model), rows, "--label", "label", "--no-report", *answer)
    return {figure: said["metrics"][figure] for figure in FIGURES}


def _short(argument: str) -> str:
    path = Path(argument)
    return f"{path.parent.name}/{path.name}" if path.suffix == ".parquet" else argument


def lines() -> list[dict[str, Any]]:
    """All runs so far."""
    return list(map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())) if RESULTS.exists() else []


def table() -> str:
    """A line for each number of minutes: mean and standard deviation over seeds, in percent."""
    found = lines()
    page = [
        "| pretraining | words read | network | linear | stack | network's log loss | stack's | seeds |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for minutes in sorted({line["minutes"] for line in found}):
        own = [line for line in found if line["minutes"] == minutes]
        right = [spread(line[part]["accuracy"] for line in own) for part in PARTS]
        loss = [f"{np.mean([line[part]['log_loss'] for line in own]):.3f}" for part in ("network", "stack")]
        words = f"{np.median([line['words_read'] for line in own]) / 1e6:.0f} million"
        page.append(f"| {' | '.join([f'{minutes:g} minutes', words, *right, *loss, str(len(own))])} |")
    return "\n".join(page) + "\n"


def main() -> None:
    """Record what is missing, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, nargs="*", default=[15.0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    done = {(line["minutes"], line["seed"]) for line in lines()}
    for seed in range(options.seeds):
        for minutes in options.minutes:
            if (minutes, seed) in done:
                continue
            line = record(minutes, seed, options)
            with RESULTS.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
            print(minutes, seed, line["stack"], flush=True)
            write_table("imdb_hour.py", table(), PAGE)
    write_table("imdb_hour.py", table(), PAGE)


if __name__ == "__main__":
    main()
