"""What does `reread train TARGET --from SOURCE_MODEL` gain over training from scratch on few rows? Reviews of films and of restaurants: docs/transfer.md.

    python benchmarks/quality/transfer.py --data FOLDER [--source 3000] [--target 500] [--seeds 3] [--threads 1] [--models FOLDER]

A model learns from many rows of IMDB or Yelp, the source; then few rows of the other, the target, are learned from twice, from scratch and from that
model, each with the default command. Yelp's labels are IMDB's (1 and 2 stars are neg, 4 and 5 pos, 3 are left out) or, as a target, its five stars.
All are judged on 5,000 other rows of the target, the source model too, as it is. Each seed draws all rows anew, from training rows; test rows are not
read. FOLDER holds imdb/train.parquet and yelp/train.parquet. A target and seed is a line of benchmarks/results/transfer.jsonl, written as soon as it
is done; those that stand there are passed over.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from defaults import FIGURES, above, answers, spread, write_table
from records import reread
from scipy.stats import t

from reread.bundle import read_bundle
from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "transfer.jsonl"
PAGE = ROOT / "docs" / "transfer.md"
JUDGES = 5000
POLARITY = ("neg", "pos")
STARS = "1 to 5 stars"
PAIRS = (("yelp", "imdb", "polarity"), ("imdb", "yelp", "polarity"), ("imdb", "yelp", STARS))
"""Source, target, and the target's labels; the source's are polarity."""
OPTIONS = ("--label", "label", "--no-report")
PARTS = ("answer", "linear", "network")


def rows_of(name: str, labels: str, data: Path, seed: int) -> pa.Table:
    """The training rows of a set, each text once, in the order of a seed."""
    table = pq.read_table(data / name / "train.parquet")
    own = table["label"].to_pylist()
    if name == "yelp" and labels != STARS:
        own = [None if stars == "3" else POLARITY[stars > "3"] for stars in own]
    known = {text: label for text, label in zip(table["text"].to_pylist(), own, strict=True) if label is not None}
    every = pa.table({"text": list(known), "label": list(known.values())})
    return every.take(np.random.default_rng([17, seed]).permutation(len(every)))


def runs(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Every run that is missing, the source model of a seed trained once."""
    done = {key_of(line) for line in lines()}
    for seed in range(options.seeds):
        for source in dict.fromkeys(source for source, _, _ in PAIRS):
            keys = [(*pair, options.source, options.target, seed) for pair in PAIRS if pair[0] == source]
            missing = [key for key in keys if key not in done]
            with tempfile.TemporaryDirectory() as folder:
                model = (options.models or Path(folder)) / f"{source}_{options.source}_{seed}.reread"
                if missing and not model.exists():
                    rows = rows_of(source, "polarity", options.data, seed).slice(0, options.source)
                    train(rows, model, seed, options.threads)
                for key in missing:
                    yield record(key, model, options)


def train(rows: pa.Table, model: Path, seed: int, threads: int, *more: str) -> dict[str, Any]:
    """Train a model with the default command."""
    file = model.with_suffix(".parquet")
    pq.write_table(rows, file)
    common = (*OPTIONS, "--seed", str(seed), "--threads", str(threads))
    return reread("train", str(file), *common, *more, "-o", str(model))[0]


def record(key: tuple[Any, ...], model: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Train on few rows from scratch and from a model, and judge all three."""
    source, target, labels, source_rows, target_rows, seed = key
    rows = rows_of(target, labels, options.data, seed)
    few, judges = rows.slice(0, target_rows), rows.slice(target_rows, JUDGES)
    targets = judges["label"].to_pylist()
    with tempfile.TemporaryDirectory() as folder:
        models = {"scratch": Path(folder, "scratch"), "transferred": Path(folder, "transferred")}
        alone = train(few, models["scratch"], seed, options.threads)
        begun = train(few, models["transferred"], seed, options.threads, "--from", str(model))
        judged = {way: parts_of(place, judges) for way, place in models.items()}
        start = read_bundle(models["transferred"]).config.pretrained or {}
    if labels != STARS:
        judged["zero_shot"] = parts_of(model, judges)
    return {
        "source": source, "target": target, "labels": labels, "source_rows": source_rows, "target_rows": target_rows, "seed": seed, "judges": len(judges),
        **{way: {part: figures(*each, targets) for part, each in parts.items()} for way, parts in judged.items()},
        "gains": {part: above(judged["transferred"][part], judged["scratch"][part], targets) for part in PARTS},
        "members": {"scratch": alone["members"], "transferred": begun["members"]}, "earlier_scores": start["linear"],
        "seconds": begun["seconds"], "scratch_seconds": alone["seconds"], **circumstances(),
        "command": f"reread train {target} {' '.join(OPTIONS)} --seed {seed} --threads {options.threads} --from {model.name}",
    }  # fmt: skip


def parts_of(model: Path, judges: pa.Table) -> dict[str, Any]:
    """What answers by default, and the members: each with its scores of the judges."""
    models, scores, _ = answers(model, judges, "label")
    names = dict(zip(PARTS, (next(iter(models)), "linear", "network"), strict=True))
    return {part: (models[name], scores[name]) for part, name in names.items()}


def figures(model: Any, scores: Any, targets: list[Any]) -> dict[str, float]:
    """How good the answers are."""
    return {name: value for name, value in model.postprocessor.metrics(targets, scores).items() if name in FIGURES}


def lines() -> list[dict[str, Any]]:
    """All runs so far."""
    return list(map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())) if RESULTS.exists() else []


def key_of(line: dict[str, Any]) -> tuple[Any, ...]:
    """What makes a run this one."""
    return tuple(line[name] for name in ("source", "target", "labels", "source_rows", "target_rows", "seed"))


def table() -> str:
    """A line for each target: accuracy of what answers, the gain of each seed, their mean, and the network's alone."""
    page = [
        "| source → target | labels | rows | source model as it is | from scratch | from the model | gain of each seed | mean gain | network's gain | old scores used |",
        "|---|---|---|---:|---:|---:|---|---:|---:|---|",
    ]
    cases: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for line in lines():
        cases.setdefault(key_of(line)[:-1], []).append(line)
    for (source, target, labels, many, few), own in cases.items():
        ways = [way for way in ("zero_shot", "scratch", "transferred") if way in own[0]]
        each = [spread(line[way]["answer"]["accuracy"] for line in own) for way in ways]
        gains = ", ".join("{:+.1f} ± {:.1f}".format(*(100 * np.array(gain))) for gain in gains_of(own, "answer"))
        means = (interval([gain for gain, _ in gains_of(own, part)]) for part in ("answer", "network"))
        used = f"{sum(line['earlier_scores'] for line in own)} of {len(own)}"
        cells = [
            f"{source} → {target}",
            labels,
            f"{many:,} → {few:,}",
            *[""] * (3 - len(each)),
            *each,
            gains,
            *means,
            used,
        ]
        page.append(f"| {' | '.join(cells)} |")
    return "\n".join(page) + "\n"


def gains_of(own: list[dict[str, Any]], part: str) -> list[tuple[float, float]]:
    """The gain in accuracy of each seed, with its standard error over the judges."""
    return [tuple(line["gains"][part]["accuracy"]) for line in own]


def interval(values: list[float]) -> str:
    """The mean over seeds with its 95 % interval by Student's t, in percent points."""
    each = 100 * np.array(values)
    if len(each) == 1:
        return f"{each.mean():+.1f}"
    half = t.ppf(0.975, len(each) - 1) * each.std(ddof=1) / len(each) ** 0.5
    return f"{each.mean():+.1f} ({each.mean() - half:+.1f} to {each.mean() + half:+.1f})"


def main() -> None:
    """Record what is missing, each run written as soon as it is done, then the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--source", type=int, default=3000, help="rows that the source model is trained on")
    parser.add_argument("--target", type=int, default=500, help="rows of the target")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--models", type=Path, help="keep the source models there, and use those that are there")
    for line in runs(parser.parse_args()):
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        ways = {way: line[way]["answer"]["accuracy"] for way in ("zero_shot", "scratch", "transferred") if way in line}
        print(*key_of(line), ways, line["gains"]["answer"]["accuracy"], line["seconds"], flush=True)
        write_table("transfer.py", table(), PAGE)
    write_table("transfer.py", table(), PAGE)


if __name__ == "__main__":
    main()
