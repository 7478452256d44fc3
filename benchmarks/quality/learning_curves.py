"""Does the interval of `reread train --learning-curve` hold what more labels then bring? Ten sub-samples of each set.

    python benchmarks/quality/learning_curves.py --data FOLDER [NAME …] [--samples 10] [--seconds S]     (no name: the three sets of docs/learning_curve.md)

FOLDER holds NAME/SPLIT.parquet copies of the public data sets; only training files are read, or the whole of a set that is not split. A sub-sample is the first rows of a
shuffle; its curve is measured as the command measures it. The truth: the linear member trained on the sub-sample, and on it and the next 100 rows,
each asked about 4,000 other rows, none of which has a text of those trained on. Each sub-sample is a line of
benchmarks/results/learning_curves.jsonl, written as soon as it is done; those that stand there are passed over, so an interrupted round goes on. `--table` makes the table
of docs/learning_curve.md of them, by the laws of today: a line holds what was measured. What makes up the interval was chosen on other sets, `--choosing`.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from reread.baseline.folds import folds_of
from reread.baseline.learning_curve.curve import MORE, Gain, curve_of
from reread.baseline.learning_curve.measuring import Measured, Rows, measure
from reread.baseline.training import fit_linear
from reread.data.split import text_keys
from reread.data.weighted_rows import WeightedRows
from reread.machine import circumstances
from reread.tasks import Task, tasks

RESULTS = Path(__file__).resolve().parents[1] / "results" / "learning_curves.jsonl"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "learning_curve.md"
SIZES = (300, 400, 500, 300, 600, 400, 1000, 300, 500, 1500)  # of the sub-samples, in turn
ASKED = 4000
DRAWN = 30  # seed of the shuffles


@dataclass(frozen=True)
class Data:
    """A set: its file, the column of its targets, its task, and its language."""

    file: str
    column: str = "label"
    task: str = "classification"
    language: str = "en"


CHECKED = {
    "mr": Data("mr/all"),
    "waimai_10k": Data("waimai_10k/all", language="zh"),
    "thucnews_titles": Data("thucnews_titles/train", language="zh"),
}
CHOOSING = {
    "sms_spam": Data("sms_spam/all"),
    "emobank": Data("emobank/train", "target", "regression"),
    "goemotions": Data("goemotions/train", task="multilabel"),
}
ALL = CHECKED | CHOOSING


def rows_of(texts: list[str], targets: list[Any], task: Task, language: str) -> Rows:
    """Rows that all count the same."""
    encoded, weights = task.encode(targets), np.ones(len(texts), np.float32)
    learned = WeightedRows(rows=np.arange(len(texts)), targets=encoded, weights=weights)
    return Rows(
        texts=texts, targets=targets, encoded=encoded, task=task, language=language, learned=learned, weights=weights
    )


def figure_of(rows: Rows, trained: int, asked: Rows) -> float:
    """The headline of a linear member of the first rows, asked about others."""
    texts, encoded = list(rows.texts[:trained]), rows.encoded[:trained]
    fold = folds_of(text_keys(texts), rows.task.stratum(encoded))
    fit = fit_linear(texts, encoded, rows.task, rows.language, weights=rows.weights[:trained], fold=fold)
    return float(rows.task.metrics(asked.targets, fit.model.scores(asked.texts))[rows.task.headline])


def record(name: str, sample: int, data: Path) -> dict[str, Any]:
    """The curve of a sub-sample, and what more labels bring in truth."""
    what, size = ALL[name], SIZES[sample % len(SIZES)]
    table = pq.read_table(data / f"{what.file}.parquet", columns=["text", what.column])
    table = table.take(np.random.default_rng([DRAWN, sample]).permutation(len(table))[: size + MORE + ASKED])
    texts, targets = table["text"].to_pylist(), table[what.column].to_pylist()
    task = tasks.get(what.task).fit(targets)
    more, keys = size + MORE, text_keys(texts)
    known = set(keys[:more])
    new = [row for row in range(more, len(texts)) if keys[row] not in known]
    rows = rows_of(texts[:more], targets[:more], task, what.language)
    asked = rows_of([texts[row] for row in new], [targets[row] for row in new], task, what.language)
    started, used = time.monotonic(), time.process_time()
    measured = measure(rows_of(texts[:size], targets[:size], task, what.language))[""]
    seconds, used = time.monotonic() - started, time.process_time() - used
    return {
        "set": name, "rows": size, "sample": sample, "metric": task.headline, "higher_is_better": task.higher_is_better,
        "sizes": measured.sizes.tolist(), "figures": measured.figures.round(6).tolist(), "jackknife": measured.jackknife.round(6).tolist(),
        "truth": {str(trained): figure_of(rows, trained, asked) for trained in (size, more)}, "asked": len(new),
        "seconds": round(seconds, 2), "processor_seconds": round(used, 2), **circumstances(),
    }  # fmt: skip


def gain_of(line: dict[str, Any]) -> tuple[Gain, float]:
    """The gain that is foretold of what was measured, beside the true one."""
    truth, rows, better = line["truth"], line["rows"], line["higher_is_better"]
    measured = Measured(**{name: np.array(line[name]) for name in ("sizes", "figures", "jackknife")})
    curve = curve_of(measured, rows, line["metric"], higher_is_better=better)
    rise = truth[str(rows + MORE)] - truth[str(rows)]
    return curve.gain, rise if better else -rise


def table() -> str:
    """How often the intervals held the truth, a line for each set."""
    lines = lines_of()
    made = [
        "| set | held | foretold (mean) | true (mean) | width of the interval (mean) |",
        "|---|---:|---:|---:|---:|",
    ]
    for name in ALL:
        each = [gain_of(line) for line in lines if line["set"] == name]
        if each:
            held = sum(gain.low <= truth <= gain.high for gain, truth in each)
            means = np.mean([(gain.value, truth, gain.high - gain.low) for gain, truth in each], axis=0)
            made.append(f"| {name} | {held} of {len(each)} | {' | '.join(f'{100 * mean:.2f}' for mean in means)} |")
    return "\n".join(made) + "\n"


def lines_of() -> list[dict[str, Any]]:
    """What was measured so far."""
    return list(map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())) if RESULTS.exists() else []


def main() -> None:
    """Measure what is asked for and was not yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(ALL)}")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=np.inf, help="begin no sub-sample after so many")
    parser.add_argument("--choosing", action="store_true", help="the sets that the interval was chosen on")
    parser.add_argument("--table", action="store_true", help="only make the table of the page")
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.seconds
    names = arguments.names or list(CHOOSING if arguments.choosing else CHECKED)
    done = {(line["set"], line["sample"]) for line in lines_of()}
    for sample, name in product(range(0 if arguments.table else arguments.samples), names):
        if (name, sample) in done or time.monotonic() > end:
            continue
        line = record(name, sample, arguments.data)
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        gain, truth = gain_of(line)
        told = f"{gain.value:.4f} ({gain.low:.4f} to {gain.high:.4f}), true {truth:.4f}"
        print(f"{name} {line['rows']}: {told}; {line['processor_seconds']} s", flush=True)
    if arguments.table:
        before, begin, rest = PAGE.read_text(encoding="utf-8").partition("<!-- begin: made by learning_curves.py -->\n")
        PAGE.write_text(before + begin + table() + rest[rest.index("<!-- end -->") :], encoding="utf-8")
    print(table())


if __name__ == "__main__":
    main()
