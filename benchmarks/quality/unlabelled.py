"""What each way to use texts without labels gives, alone and on the same rows: docs/unlabelled.md. Measured on other training rows; no test row is read without --test.

    python benchmarks/quality/unlabelled.py --data FOLDER [NAME:ROWS …] [--ways NAME …] [--seeds 3] [--minutes 6] [--threads 1] [--test]

Each seed draws so many labelled rows and 5,000 judges (fewer of small sets) from a set's training rows; the texts of all other training rows, of IMDB also
the reviews without labels, have no labels. A run is a line of benchmarks/results/unlabelled.jsonl, written as soon as it is done; runs that stand there
are passed over. `--test` judges by the test rows instead, and all other training rows lose their labels: for figures that nothing is chosen by. `--minutes` bounds each command; where pretraining is a command of its own it has a third of them. The table goes into the page.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from defaults import NAMES, SETS, answers, compared, figures_of, of_known_labels, spread, tables, write_table
from records import reread

from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "unlabelled.jsonl"
PAGE = ROOT / "docs" / "unlabelled.md"
JUDGES = 5000
CELLS = (
    "mr:500",
    "mr:2000",
    "waimai_10k:500",
    "waimai_10k:2000",
    "thucnews_titles:500",
    "thucnews_titles:2000",
    "imdb:200",
    "imdb:1000",
)
GROUPS = {"imdb": "movie"}  # columns by which rows are held out: IMDB's test rows are of other films too
PRETRAINED = "pretrained on "  # how the ways that pretrain first begin
ALONE = "labels alone"
BY_ITSELF = "training.linear_self_training=false"
AS_BY_ITSELF = tuple(
    part
    for setting in (
        "vectors.algorithm=skip_gram", "vectors.window=10", "vectors.epochs=auto", "vectors.deterministic=true", "training.linear_self_training=true",
    )
    for part in ("--set", setting)
)  # fmt: skip
WAYS: dict[str, tuple[str, ...]] = {
    f"{ALONE}, words from random numbers": ("--set", "vectors.least_tokens=none"),
    ALONE: (),
    "default": (),
    "word2vec for both": ("--vectors", "word2vec", *AS_BY_ITSELF),
    "linear self-training": ("--set", "training.linear_self_training=true"),
    "word2vec": ("--vectors", "word2vec", "--set", BY_ITSELF),
    "self-training": ("--set", "training.self_training=2"),
    "virtual adversarial": (
        "--set",
        "training.unlabelled_batch=64",
        "--set",
        "training.objective=virtual_adversarial",
        "--set",
        BY_ITSELF,
    ),
    "mixed": ("--set", "training.unlabelled_batch=64", "--set", "training.objective=mixed", "--set", BY_ITSELF),
    "pretrained on next words": ("--predict", "next"),
    "pretrained on bags of words": ("--predict", "bag"),
    "pretraining, 2 minutes": ("--pretrain-minutes", "2"),
    "pretraining, 25 minutes": ("--pretrain-minutes", "25"),
    "word2vec, self-training": ("--vectors", "word2vec", "--set", "training.self_training=2"),
}


def drawn(name: str, rows: int, seed: int, data: Path, *, test: bool = False) -> tuple[pa.Table, pa.Table, list[str]]:
    """Labelled rows, judges with other texts and no new labels, and texts without labels."""
    every, tested = tables(SETS[name], data)
    every = every.take(np.random.default_rng([31, seed]).permutation(len(every)))
    judges = 0 if test else min(JUDGES, len(every) // 3)
    train, others, rest = every.slice(0, rows), every.slice(rows, judges), every.slice(rows + judges)
    if test:
        others = tested
    known = set(train["text"].to_pylist())
    others = others.filter(np.array([text not in known for text in others["text"].to_pylist()]))
    if SETS[name].metric != "pearson":
        others = of_known_labels(others, train, SETS[name].options[1])
    unsaid = rest["text"].to_pylist()
    if name == "imdb":
        unsaid += pq.read_table(data / "imdb" / "unsup.parquet")["text"].to_pylist()
    judged = set(others["text"].to_pylist())
    return train, others, [text for text in unsaid if text not in judged]


def record(name: str, rows: int, way: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Train in one way, and judge."""
    data = SETS[name]
    column = data.options[1]
    train, others, unsaid = drawn(name, rows, seed, options.data, test=options.test)
    with tempfile.TemporaryDirectory() as folder:
        files = {
            part: str(Path(folder) / part) for part in ("train.parquet", "unlabelled.parquet", "pretrained", "model")
        }
        pq.write_table(train.select(["text", column, *filter(None, [GROUPS.get(name)])]), files["train.parquet"])
        pq.write_table(pa.table({"text": unsaid}), files["unlabelled.parquet"])
        given, seconds = arguments_of(way, name, files, seed, options)
        trained, _ = reread("train", files["train.parquet"], *given, "-o", files["model"], "--no-report")
        figures = figures_of(Path(files["model"]), others, column)
        gains = compared(*answers(Path(files["model"]), others, column))
    return {
        "set": name, "rows": rows, "way": way, "seed": seed, "judged": _judged(options), "unlabelled": len(unsaid), "judges": len(others), "metric": data.metric,
        **figures, "gains": gains, "members": trained["members"], "steps": trained["steps"], "seconds": round(seconds + trained["seconds"], 1),
        **circumstances(), "command": f"reread train {' '.join(given)}".replace(f"{folder}/", ""),
    }  # fmt: skip


def _judged(options: argparse.Namespace) -> str:
    return "test" if options.test else "training"


def arguments_of(
    way: str, name: str, files: dict[str, str], seed: int, options: argparse.Namespace
) -> tuple[list[str], float]:
    """The options of `reread train`, and the seconds of what is done before it."""
    common = ["--seed", str(seed), "--threads", str(options.threads), "--minutes"]
    given, seconds, minutes = list(WAYS[way]), 0.0, float(options.minutes)
    if way.startswith(PRETRAINED):
        texts = (files["train.parquet"], files["unlabelled.parquet"])
        made, _ = reread("pretrain", *texts, *given, "-o", files["pretrained"], *common, str(minutes / 3))
        given, seconds, minutes = ["--from", files["pretrained"]], made["seconds"], minutes * 2 / 3
    elif not way.startswith(ALONE):
        given += ["--unlabelled", files["unlabelled.parquet"]]
    grouped = ["--group", GROUPS[name]] if name in GROUPS else []
    return [*SETS[name].options, *grouped, *given, *common, str(minutes)], seconds


def lines() -> list[dict[str, Any]]:
    """All runs so far."""
    return list(map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())) if RESULTS.exists() else []


def table() -> str:
    """A line for each set, number of rows, judges and way: network, linear member, stack, and that above labels alone."""
    found = lines()
    page = [
        "| set | labels | other texts | judged by | way | figure | network | linear | stack | above labels alone | seeds | seconds |",
        "|---|---:|---:|---|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for cell in dict.fromkeys(map(cell_of, found)):
        own = [line for line in found if cell_of(line) == cell]
        plain = {line["seed"]: line for line in own if line["way"] == ALONE}
        for way in WAYS:
            runs = [line for line in own if line["way"] == way]
            if runs:
                page.append(row(way, runs, plain))
    return "\n".join(page) + "\n"


def cell_of(line: dict[str, Any]) -> tuple[str, int, str]:
    """What runs are compared within."""
    return line["set"], line["rows"], line.get("judged", "training")


def row(way: str, runs: list[dict[str, Any]], plain: dict[int, dict[str, Any]]) -> str:
    """One line of the table."""
    metric = runs[0]["metric"]
    figures = (spread(line[part][metric] for line in runs) for part in ("network", "linear", "stack"))
    pairs = [line["stack"][metric] - plain[line["seed"]]["stack"][metric] for line in runs if line["seed"] in plain]
    gain = "" if way == ALONE or not pairs else signed(pairs)
    name, rows, judged = cell_of(runs[0])
    head = [name, f"{rows:,}", f"{runs[0]['unlabelled']:,}", f"{judged} rows", way, NAMES[metric]]
    tail = [gain, str(len(runs)), f"{np.median([line['seconds'] for line in runs]):,.0f}"]
    return f"| {' | '.join([*head, *figures, *tail])} |"


def signed(values: Iterable[float]) -> str:
    """Mean and standard error over seeds, in percent points."""
    each = 100 * np.array(list(values))
    error = f" ± {each.std(ddof=1) / len(each) ** 0.5:.1f}" if len(each) > 1 else ""
    return f"{each.mean():+.1f}{error}"


def main() -> None:
    """Record what is missing, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cells", nargs="*", default=list(CELLS), help="of sets and numbers of labelled rows")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--test", action="store_true", help="judge by test rows")
    options = parser.parse_args()
    done = {(line["set"], line["rows"], line["way"], line["seed"], line.get("judged", "training")) for line in lines()}
    for seed in range(options.seeds):
        for cell in options.cells:
            name, _, rows = cell.partition(":")
            for way in options.ways:
                if (name, int(rows), way, seed, _judged(options)) in done:
                    continue
                line = record(name, int(rows), way, seed, options)
                with RESULTS.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
                print(cell, way, seed, line["stack"][line["metric"]], line["seconds"], flush=True)
                write_table("unlabelled.py", table(), PAGE)
    write_table("unlabelled.py", table(), PAGE)


if __name__ == "__main__":
    main()
