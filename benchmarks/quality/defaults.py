"""How good are the defaults? Linear member, network and stack of `reread train FILE` on every public set, whole and in samples: docs/defaults.md.

    python benchmarks/quality/defaults.py --data FOLDER [NAME[:ROWS] …] [--seeds 3] [--before CHECKOUT]     (no name: all of them)

FOLDER holds NAME/SPLIT.parquet copies of the public data sets. Of a set without a published split a fifth of the rows is the test set, drawn once;
samples are the first rows of one shuffle. Test rows are scored once, at the end of a run, and choose nothing. Each run is a line of
benchmarks/results/defaults.jsonl, written as soon as it is done; runs that stand there with the same commit are passed over, so an interrupted round
goes on. Runs of less than a minute get two seeds more. CHECKOUT, a clone of an older commit with its kernel built, adds that commit's linear baseline.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from records import reread

from reread.bundle import read_bundle
from reread.data.datasets.twenty_newsgroups import strip
from reread.machine import circumstances
from reread.model.load import models_of
from reread.model.stack import member_scores

RESULTS = Path(__file__).resolve().parents[1] / "results" / "defaults.jsonl"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "defaults.md"
SEED = 16  # of the rows
SIZES = (200, 500, 1000, 5000, None)
RESAMPLES = 200
QUICK = 60  # seconds of a run that gets two seeds more
COMPARED = ("accuracy", "macro_f1", "map", "micro_f1", "pearson")
NAMES = {"accuracy": "accuracy", "macro_f1": "macro F1", "map": "MAP", "micro_f1": "micro F1", "pearson": "r"}
FIGURES = ("accuracy", "macro_f1", "map", "micro_f1", "pearson", "rmse", "log_loss")


@dataclass(frozen=True)
class Data:
    """A data set: how it is trained, and the figure that is shown first."""

    folder: str
    options: tuple[str, ...] = ("--label", "label")
    metric: str = "accuracy"


SETS = {
    "sms_spam": Data("sms_spam"),
    "mr": Data("mr"),
    "waimai_10k": Data("waimai_10k"),
    "emobank": Data("emobank", ("--target", "valence"), "pearson"),
    "goemotions": Data("goemotions", metric="map"),
    "thucnews_titles": Data("thucnews_titles"),
    "20newsgroups": Data("20newsgroups"),
    "yelp": Data("yelp", ("--label", "stars")),
    "imdb": Data("imdb"),
}
OPTIONS = {  # what one option more gives: of whole sets alone
    "goemotions --decide f1": Data("goemotions", ("--label", "label", "--decide", "f1"), "micro_f1"),
    "mr --vectors glove-50d": Data("mr", ("--label", "label", "--vectors", "glove-50d")),
    "emobank --vectors glove-50d": Data("emobank", ("--target", "valence", "--vectors", "glove-50d"), "pearson"),
}
OTHERS = {  # targets of these sets that no default was chosen on
    "emobank, arousal": Data("emobank", ("--target", "arousal"), "pearson"),
    "emobank, dominance": Data("emobank", ("--target", "dominance"), "pearson"),
    "yelp, stars as numbers": Data("yelp", ("--target", "stars"), "pearson"),
    "imdb, rating": Data("imdb", ("--target", "rating"), "pearson"),
}
ALL = SETS | OPTIONS | OTHERS

BEFORE = """
import json, sys
import numpy as np, pyarrow.parquet as pq
from reread.baseline.linear import fit_linear
from reread.tasks import tasks
from reread.text.language import detect_language
train, test, column, kind = sys.argv[1:]
texts, truth, new, right = (pq.read_table(file)[name].to_pylist() for file in (train, test) for name in ("text", column))
task = tasks.get(kind).fit(truth)
model = fit_linear(texts, task.encode(truth), task, detect_language(texts), weights=np.ones(len(texts), np.float32))
print(json.dumps(task.metrics(right, model.scores(new))))
"""
KINDS = {"map": "multilabel", "micro_f1": "multilabel", "pearson": "regression"}


def tables(data: Data, folder: Path) -> tuple[pa.Table, pa.Table]:
    """Training rows, shuffled, and test rows; no text of training is among these."""
    place = folder / data.folder
    if (place / "all.parquet").exists():
        table = pq.read_table(place / "all.parquet")
        order = np.random.default_rng(SEED).permutation(len(table))
        train, test = table.take(order[len(table) // 5 :]), table.take(order[: len(table) // 5])
    else:
        train, test = pq.read_table(place / "train.parquet"), pq.read_table(place / "test.parquet")
        train = train.take(np.random.default_rng(SEED).permutation(len(train)))
    if data.folder == "20newsgroups":
        train, test = (without_headers(table) for table in (train, test))
    known = set(train["text"].to_pylist())
    return train, test.filter(pa.array([text not in known for text in test["text"].to_pylist()]))


def without_headers(table: pa.Table) -> pa.Table:
    """Posts without what quotes or signs them; none is empty."""
    texts = [strip(text) for text in table["text"].to_pylist()]
    kept = [row for row, text in enumerate(texts) if text.strip()]
    return pa.table({"text": [texts[row] for row in kept], "label": table["label"].take(pa.array(kept))})


def record(name: str, rows: int | None, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Train, test, and say what came out."""
    data = ALL[name]
    column = data.options[1]
    train, test = tables(data, options.data)
    train = train.slice(0, rows)
    if data.metric != "pearson":
        test = of_known_labels(test, train, column)
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / f"{part}.parquet") for part in ("train", "test")]
        for table, file in zip((train, test), files, strict=True):
            pq.write_table(table.select(["text", column]), file)
        model = Path(folder) / "model"
        trained, _ = reread("train", files[0], *data.options, "--seed", str(seed), "-o", str(model), "--no-report")
        models, scores, targets = answers(model, test, column)
        figures = {part: models[part].postprocessor.metrics(targets, scores[part]) for part in scores}
        gains = compared(models, scores, targets)
        before = earlier(data, files, options.before) if options.before and seed == 0 else {}
    return {
        "set": name, "rows": rows, "train_rows": len(train), "test_rows": len(test), "seed": seed, "metric": data.metric,
        **{part: {key: value for key, value in each.items() if key in FIGURES} for part, each in figures.items()},
        "gains": gains, "members": trained["members"], "steps": trained["steps"], "seconds": trained["seconds"],
        **({"before": before} if before else {}), **circumstances(), "command": f"reread train {data.folder} {' '.join(data.options)} --seed {seed}",
    }  # fmt: skip


def answers(model: Path, rows: pa.Table, column: str) -> tuple[Any, Any, list[Any]]:
    """The members and the stack of a model folder, their scores of some rows, and the right answers."""
    models, targets = models_of(read_bundle(model)), rows[column].to_pylist()
    if column == "stars":
        targets = list(map(int, targets))
    return models, member_scores(models, rows["text"].to_pylist()), targets


def figures_of(model: Path, rows: pa.Table, column: str) -> dict[str, dict[str, float]]:
    """The figures of each member and of the stack on some rows."""
    models, scores, targets = answers(model, rows, column)
    each = {part: models[part].postprocessor.metrics(targets, scores[part]) for part in scores}
    return {part: {name: value for name, value in every.items() if name in FIGURES} for part, every in each.items()}


def compared(models: Any, scores: Any, targets: list[Any]) -> dict[str, list[float]]:
    """By how much the stack is above the linear member, with the standard error over resampled rows, of each figure."""
    if "stack" not in scores:
        return {}
    ours, theirs = ((models[part], scores[part]) for part in ("stack", "linear"))
    return above(ours, theirs, targets)


def above(ours: Any, theirs: Any, targets: list[Any]) -> dict[str, list[float]]:
    """By how much a model with its scores is above another one, with the standard error over resampled rows, of each figure."""
    random, differences = np.random.default_rng(0), dict[str, list[float]]()

    def gain(rows: Any) -> dict[str, float]:
        of = [targets[row] for row in rows]
        first, second = (model.postprocessor.metrics(of, scores[rows]) for model, scores in (ours, theirs))
        return {name: first[name] - second[name] for name in first if name in COMPARED}

    for _ in range(RESAMPLES if len(targets) <= 8000 else RESAMPLES // 4):
        for name, value in gain(random.integers(0, len(targets), len(targets))).items():
            differences.setdefault(name, []).append(value)
    whole = gain(np.arange(len(targets)))
    return {name: [round(whole[name], 5), round(float(np.nanstd(differences[name])), 5)] for name in whole}


def of_known_labels(test: pa.Table, train: pa.Table, column: str) -> pa.Table:
    """The rows whose labels stand in training: a model refuses to be measured on others."""
    values = train[column].to_pylist()
    several = isinstance(values[0], list)
    known = {label for own in values for label in (own if several else [own])}
    kept = [all(label in known for label in (own if several else [own])) for own in test[column].to_pylist()]
    return test.filter(pa.array(kept))


def earlier(data: Data, files: list[str], checkout: Path) -> dict[str, float]:
    """The figures of an older commit's linear baseline."""
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    command = [sys.executable, "-c", BEFORE, *files, data.options[1], KINDS.get(data.metric, "classification")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=checkout)
    return {name: value for name, value in json.loads(done.stdout).items() if name in FIGURES}


def all_lines() -> list[dict[str, Any]]:
    """Every run so far."""
    return [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()] if RESULTS.exists() else []


def lines_of(commit: str) -> list[dict[str, Any]]:
    """The runs of one commit."""
    # Git abbreviates the name of a commit by more letters as a repository grows.
    return [line for line in all_lines() if line["commit"][:7] == commit[:7]]


def spread(values: Iterable[float]) -> str:
    """Mean and standard deviation in percent points."""
    each = np.array(list(values)) * 100
    return f"{each.mean():.1f}" if len(each) == 1 else f"{each.mean():.1f} ± {each.std(ddof=1):.1f}"


def write_table(maker: str, table: str, page: Path = PAGE) -> None:
    """Replace the table of a page that a script made; it stands between two comments."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(f"<!-- begin: made by {maker} -->\n")
    page.write_text(before + begin + table + rest[rest.index("<!-- end -->") :], encoding="utf-8")


def table() -> str:
    """What every set and size gave, a line each: its runs of the last commit that ran it."""
    found = all_lines()
    before = {(line["set"], line["rows"]): line["before"] for line in all_lines() if "before" in line}
    rows = [
        "| set | rows | figure | before | linear | network | stack | gain | gain of other figures | share | seconds |"
    ]
    rows.append("|---|---:|---|---:|---:|---:|---:|---:|---|---|---:|")
    for name, data in ALL.items():
        for size in SIZES:
            own = latest([line for line in found if (line["set"], line["rows"]) == (name, size)])
            if own:
                rows.append(row(name, data.metric, own, before.get((name, size))))
    return "\n".join(rows) + "\n"


def latest(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of the runs of one set and size those of the last commit, one of each seed."""
    own = [line for line in runs if line["commit"][:7] == runs[-1]["commit"][:7]]
    return list({line["seed"]: line for line in own}.values())


def row(name: str, metric: str, own: list[dict[str, Any]], earlier: dict[str, float] | None) -> str:
    """One line of the table: a set and size, over its seeds, and the linear baseline of an older commit."""
    before = "" if earlier is None else f"{100 * earlier[metric]:.1f}"
    linear, network, stack = (spread(line[part][metric] for line in own) for part in ("linear", "network", "stack"))
    others = [
        f"{NAMES[other]} {gain(own, other)}"
        for other in ("macro_f1", "map")
        if other != metric and other in own[0]["gains"]
    ]
    shares = ", ".join(f"{line['members'].get('network', 0):.2g}" for line in own)
    cells = [
        name,
        f"{own[0]['train_rows']:,}",
        NAMES[metric],
        before,
        linear,
        network,
        f"**{stack}**",
        gain(own, metric),
        ", ".join(others),
        shares,
    ]
    seconds = [line["seconds"] for line in own if not line.get("paused")]  # written into the record of a run that was
    return f"| {' | '.join(cells)} | {np.median(seconds):,.0f} |"


def gain(own: list[dict[str, Any]], figure: str) -> str:
    """What the stack has above the linear member, with its standard error over test rows; means over the seeds."""
    value, error = (100 * np.mean([line["gains"][figure][k] for line in own]) for k in (0, 1))
    return f"{value:+.1f} ± {error:.1f}" if value or error else "0"


def main() -> None:
    """Record what is missing, each run written as soon as it is done, then the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(ALL)}, each with :ROWS for one size alone")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--before", type=Path, help="a clone of an older commit")
    options = parser.parse_args()
    wanted = [name.partition(":") for name in options.names] or [(name, "", "") for name in ALL]
    for name, _, size in wanted:
        for rows in [int(size) or None] if size else (None,) if name in OPTIONS else SIZES:
            run_seeds(name, rows, options)
            write_table("defaults.py", table())


def run_seeds(name: str, rows: int | None, options: argparse.Namespace) -> None:
    """Every seed of one set and size that is missing."""
    commit, seeds, seed = circumstances()["commit"], options.seeds, 0
    done = {(line["set"], line["rows"], line["seed"]): line for line in lines_of(commit)}
    while seed < seeds:
        line = done.get((name, rows, seed)) or record(name, rows, seed, options)
        if (name, rows, seed) not in done:
            with RESULTS.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            print(
                name,
                rows,
                seed,
                {part: round(line[part][line["metric"]], 4) for part in ("linear", "network", "stack")},
                line["seconds"],
            )
        if seed == 0 and options.seeds > 1 and line["seconds"] < QUICK:
            seeds = options.seeds + 2
        seed += 1


if __name__ == "__main__":
    main()
