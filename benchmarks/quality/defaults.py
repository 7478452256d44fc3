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
ALL = SETS | OPTIONS

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
        bundle = read_bundle(model)
        models, targets = models_of(bundle), test[column].to_pylist()
        if column == "stars":
            targets = list(map(int, targets))
        scores = member_scores(models, test["text"].to_pylist())
        figures = {part: models[part].postprocessor.metrics(targets, scores[part]) for part in scores}
        gains = compared(models, scores, targets)
        before = earlier(data, files, options.before) if options.before and seed == 0 else {}
    return {
        "set": name, "rows": rows, "train_rows": len(train), "test_rows": len(test), "seed": seed, "metric": data.metric,
        **{part: {key: value for key, value in each.items() if key in FIGURES} for part, each in figures.items()},
        "gains": gains, "members": trained["members"], "steps": trained["steps"], "seconds": trained["seconds"],
        **({"before": before} if before else {}), **circumstances(), "command": f"reread train {data.folder} {' '.join(data.options)} --seed {seed}",
    }  # fmt: skip


def compared(models: Any, scores: Any, targets: list[Any]) -> dict[str, list[float]]:
    """By how much the stack is above the linear member, with the standard error over resampled rows, of each figure."""
    if "stack" not in scores:
        return {}
    random, differences = np.random.default_rng(0), dict[str, list[float]]()

    def gain(rows: Any) -> dict[str, float]:
        of = [targets[row] for row in rows]
        ours, theirs = (models[part].postprocessor.metrics(of, scores[part][rows]) for part in ("stack", "linear"))
        return {name: ours[name] - theirs[name] for name in ours if name in COMPARED}

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


def lines_of(commit: str | None = None) -> list[dict[str, Any]]:
    """The last run of each set, size and seed, of one commit if it is named."""
    lines = map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines()) if RESULTS.exists() else ()
    kept = (line for line in lines if commit in {None, line["commit"]})
    return list({(line["set"], line["rows"], line["seed"]): line for line in kept}.values())


def spread(values: Iterable[float]) -> str:
    """Mean and standard deviation in percent points."""
    each = np.array(list(values)) * 100
    return f"{each.mean():.1f}" if len(each) == 1 else f"{each.mean():.1f} ± {each.std(ddof=1):.1f}"


def page() -> str:
    """docs/defaults.md."""
    found = lines_of()
    rows = []
    for name, data in ALL.items():
        for size in SIZES:
            own = [line for line in found if (line["set"], line["rows"]) == (name, size)]
            if not own:
                continue
            before = next((f"{100 * line['before'][data.metric]:.1f}" for line in own if "before" in line), "")
            sides = [spread(line[part][data.metric] for line in own) for part in ("linear", "network", "stack")]
            gain, error = (100 * np.mean([line["gains"][data.metric][k] for line in own]) for k in (0, 1))
            shares = ", ".join(f"{line['members'].get('network', 0):.1f}" for line in own)
            seconds = np.median([line["seconds"] for line in own])
            rows.append(
                f"| {name} | {size or own[0]['train_rows']:,} | {data.metric} | {before} | {sides[0]} | {sides[1]} | **{sides[2]}** "
                f"| {gain:+.1f} ± {error:.1f} | {shares} | {seconds:,.0f} |"
            )
    return HEAD + "\n".join(rows) + "\n" + TAIL


HEAD = """# What the defaults give

Test figures of `reread train FILE`, with nothing else said, on public data sets and on samples of them: made by
`python benchmarks/quality/defaults.py --data FOLDER`; every run is a line of `benchmarks/results/defaults.jsonl`, with its commit and machine.
Figures are in percent; MAP is the mean average precision over the labels, pearson the correlation with the numbers. Mean and standard deviation
are over seeds of the network and of the rows held out. `before` is the linear baseline of reread as it was before the stack; `gain` is what the stack
has above the linear member of the same run, with its standard error over test rows; `share` is how much the network counts in the
stack of each run. Seconds are the whole command's, on two cores, in these records while other programs ran beside it.

| set | rows | figure | before | linear | network | stack | gain | share | seconds |
|---|---:|---|---:|---:|---:|---:|---:|---|---:|
"""


TAIL = """
## How the defaults were chosen

On rows held out of the training files, one seed each, at most 10,000 rows to train on; no test row was read. Accuracy in percent, correlation for
EmoBank, MAP for GoEmotions.

**The linear member** (`src/reread/baseline`). N-grams of words and of characters, TF-IDF, times the log-count ratio of the side that an n-gram
tells most; the penalty by five folds.

| | MR | EmoBank | GoEmotions | THUCNews | IMDB |
|---|---:|---:|---:|---:|---:|
| words 1-2, TF-IDF, best penalty | 75.0 | .488 | .401 | 90.3 | 89.7 |
| with words 1-3 and characters 2-5 (IMDB: words alone) | 76.9 | .538 | .426 | 91.1 | 89.7 |
| times log-count ratios | 78.8 | .583 | .436 | 91.4 | 91.0 |
| ratios smoothed so that a rare side does not count more | 78.8 | .579 | .444 | 91.3 | 91.0 |

Inverse document frequencies to the power of 0 and 0.5, counts as 0 or 1, rows not scaled to length 1, words of a Chinese segmenter, lengths and
shares of capitals, digits and punctuation as features, and other weights of words beside characters were no better on most sets. In less than
300,000 characters every n-gram counts, in more those of two texts.

Later, on 2,000 to 10,000 other training rows, accuracy (GoEmotions: MAP) and log loss. The ratio itself makes a model too sure; its root does not.
Separate labels share one weighting, and rare ones need all of it.

| | MR, 1,000 | MR, 6,500 | waimai, 7,000 | THUCNews, 3,000 | 20NG, 3,000 | Yelp, 5,000 | IMDB, 1,000 | IMDB, 5,000 | GoEmotions, 4,000 |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
| ratio | 69.4 .578 | **79.6** .445 | 89.5 .261 | 80.3 .629 | 71.3 **1.037** | 57.7 .984 | 85.6 .330 | 90.1 .248 | **37.7 .1047** |
| root of the ratio | **69.6 .567** | 79.2 **.434** | 89.9 **.256** | **81.2 .621** | **71.6** 1.055 | **58.0** .985 | **86.4** .319 | **90.2 .245** | 37.3 .1065 |
| ratio + 0.5 | 69.5 .569 | 79.3 .433 | **90.0** .257 | 80.6 .632 | | | 86.3 **.318** | | 37.6 .1054 |

**Settling** (`baseline/settling.py`): out-of-fold scores show how much of what the features add is true of texts that were not learned from, and how
far each side is off. Rare n-grams tell the side of the texts that were learned from, and stand in no other, so that models of few long texts lean to one
side. Other training rows, accuracy (GoEmotions: macro F1; Yelp: accuracy, macro F1) and log loss; strengths, too, are chosen by the loss at the best
factor, and are at least 4 where a text has one class, else on 200 rows of MR a model that says nothing wins (50.7 → 61.0).

| | MR, 200 | IMDB, 200 | IMDB, 500 | IMDB, 1,000 | waimai, 200 | Yelp, 200 | THUCNews, 200 | GoEmotions, 4,000 | MR, 6,500 |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
| scores as they are | **60.4** .671 | 69.4 .559 | 81.5 .399 | 86.4 .316 | 83.1 .387 | 41.4 29.6 | 59.4 1.358 | 25.6 .1047 | **79.2 .434** |
| settled | 59.3 **.667** | **78.7 .454** | **83.6 .372** | **86.5 .315** | **84.3 .373** | **44.4 37.2** | **60.0 1.279** | **30.4 .1037** | 79.1 .434 |

**The network beside the linear member, or on top of it** (`training.offset`). Beside it, it learns alone, and its scores are added with a share; on top of
it, it learns what the linear member leaves, in out-of-fold scores.

| | MR | waimai | EmoBank | THUCNews, 10,000 | Yelp, 5,000 | IMDB, 5,000 | 90 labels, micro-F1 |
|---|---:|---:|---:|---:|---:|---:|---:|
| linear member | 78.8 | 89.3 | .579 | 86.4 | 57.7 | 88.5 | 51.6 |
| stack, network beside it | 78.8 | 89.5 | .582 | **87.3** | **59.4** | **88.7** | 51.6 |
| stack, network on top | 78.8 | 89.3 | .582 | 86.4 | 57.7 | 88.5 | **59.2** |
| stack, network of 32 units on top | 78.8 | 89.3 | .579 | 86.4 | 58.1 | 88.5 | – |

So networks learn alone. On top, with 90 labels, macro F1 rises from 24.2 to 41.6 and the log loss falls, but MAP falls from 76.4 to 71.2, which the
rows held out had not shown: whoever wants labels rather than their order sets `training.offset=true`.

**The network.** Stack on the same rows:

| | EmoBank | THUCNews, 10,000 | Yelp, 5,000 |
|---|---:|---:|---:|
| 128 units, 128 latent factors (`standard`) | .582 | 87.3 | 59.4 |
| 64 units, vectors of 100 | .582 | 86.8 | – |
| without latent factors | .582 | 87.2 | 58.6 |
| label smoothing 0.1 | – | 87.2 | 58.4 |
| word dropout 0.3, vector dropout 0.5 | .584 | 87.4 | 58.4 |

**Steps on few rows** (`training.least_steps`): the network alone, accuracy (EmoBank: RMSE of standardised numbers, less is better), with its seconds on
one core beside other work. 500 steps are as good or better at half the time from 1,000 rows on; at 200 rows they lose a point on MR and SMS, where
the linear member answers in any case.

| at least | MR, 1,000 | MR, 6,500 | waimai, 7,000 | IMDB, 1,000 | SMS, 1,000 | EmoBank, 6,000 | THUCNews, 10,000 |
|---|---:|---:|---:|---:|---:|---:|---:|
| 1,000 steps | 64.9, 8 s | 75.9, 26 s | 88.2, 84 s | 78.1, 33 s | 98.3, 8 s | .328, 54 s | 84.5 |
| 500 steps | 64.7, 4 s | 75.9, 15 s | **88.8**, 76 s | **80.3**, 18 s | **98.6**, 4 s | **.321**, 19 s | 84.4 |

**N-grams and ensembles.** On other training rows: the network alone with single words, with pairs of words as well, and the mean of several networks;
what the stack makes of the mean. Pairs are what the linear member has already; the mean is a better network, but hardly a better stack, at several
times the cost. So the default has neither; `bilstm_ngrams` is the recipe with pairs.

| | MR, 6,500 | EmoBank, 6,000, RMSE | GoEmotions, 10,000, MAP | THUCNews, 10,000 |
|---|---:|---:|---:|---:|
| one network | 75.8 | .329 | 35.1 | 84.5 |
| with pairs | 74.3 | .338 | 32.7 | – |
| mean of two | 77.4 | .325 | 36.1 | 85.5 |
| stack with one | 79.2 | .299 | 41.9 | 86.4 |
| stack with the mean of two | 79.3 | .299 | 42.0 | 86.3 |

**Out-of-fold answers of the network.** Five small networks on four fifths of the rows each (32 units; 64 gave the same), weights from all rows'
answers: MR 6,500 rows, stack 79.3 beside the linear member's 79.6; EmoBank, RMSE .2953 beside .2970; MR 1,000 rows, 69.3 beside 69.4. That is no more
than one network and a tenth of the rows held out give, at three to five times the cost.

**The share.** The two are mixed in tenths, each at its best temperature on the rows held out: a network is two to four times too sure there, and would
fill a mixture with little of it. Of the mixtures that make neither the headline metric nor a mean over the classes worse, the one whose gain in
loss less the gain's standard error is largest; the linear member alone, unless that is more than one standard error, and always if fewer than
100 rows are held out. Stack beside linear member on 2,000 to 5,000 other training rows, two networks each: MR 79.2, 78.9 (78.9); MR 1,000 rows
69.3 (68.8); waimai 89.8, 89.8 (89.5); EmoBank, RMSE .2994, .2994 (.2999); GoEmotions, MAP 41.5, 41.9 (41.5); THUCNews, 10,000 rows 86.5, 86.4 (85.3);
20 Newsgroups 77.5, 77.4 (76.8); Yelp 58.8, 59.0 (57.5); IMDB, 5,000 rows 90.2, 90.2 (90.0); SMS 99.0 (99.0). With plain scores in tenths it was the
linear member alone on MR, waimai and once on GoEmotions.
"""


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
        for rows in [int(size) or None] if size else SIZES if name in SETS else (None,):
            run_seeds(name, rows, options)
            PAGE.write_text(page(), encoding="utf-8")


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
