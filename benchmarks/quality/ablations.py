"""What one change of the default network gives: on rows held out of the training files of the public data sets; no test row is read.

    python benchmarks/quality/ablations.py --data FOLDER [--changes NAME …] [--sets NAME …] [--seeds 1] [--threads 1]

Each run trains `reread train FILE --set …` on at most 5,000 training rows and measures on other training rows, and is a line of
benchmarks/results/ablations.jsonl, written as soon as it is done; runs that stand there are passed over. The table goes into docs/defaults.md: the
figure of the network alone, of the stack, and the seconds on one core.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from defaults import NAMES, SETS, Data, figures_of, of_known_labels, tables, write_table
from records import reread

from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results" / "ablations.jsonl"
ROWS = 5000  # to train on, at most
MEASURED = 5000  # others, at most
CHANGES: dict[str, tuple[str, ...]] = {
    "default": (),
    "no average of weights": ("training.ema=0",),
    "the best weights kept": ("training.keep_latest=false",),
    "learning rate 0.001": ("training.learning_rate=0.001",),
    "learning rate 0.004": ("training.learning_rate=0.004",),
    "one rate for all parts": ("training.parts={embedding={learning_rate_factor=1}}",),
    "batches of 32": ("training.batch_size=32",),
    "batches of 16": ("training.batch_size=16",),
    "three times the steps": ("training.least_steps=1500",),
    "label smoothing 0.1": ("training.label_smoothing=0.1",),
    "adversarial, perturbation 1": ("training.objective=adversarial", "training.objective_options={perturbation=1.0}"),
    "adversarial, perturbation 5": ("training.objective=adversarial", "training.objective_options={perturbation=5.0}"),
    "LSTM": ("model.recurrence=lstm",),
    "states without the word": ("model.concat_word=false",),
    "half the dropout": ("model.word_dropout=0.1", "model.embedding_dropout=0.15", "model.dropout=0.25"),
    "max over segments": ("model.pooling=segment_max",),
    "max and mean": ("model.pooling=max_mean",),
    "pairs as well": ("text.ngrams=2",),
}


def record(name: str, change: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Train with one change, measure, and say what came out."""
    settings = [part for setting in CHANGES[change] for part in ("--set", setting)]
    return {"set": name, "change": change, "seed": seed, **measured(name, settings, ROWS, seed, options)}


def measured(name: str, more: list[str], most: int, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """Train with more options on at most so many training rows, and measure on other training rows."""
    data = SETS[name]
    column = data.options[1]
    train, others = of_training(data, options.data, most)
    with tempfile.TemporaryDirectory() as folder:
        file, model = str(Path(folder) / "train.parquet"), Path(folder) / "model"
        pq.write_table(train.select(["text", column]), file)
        arguments = (*data.options, *more, "--seed", str(seed), "--threads", str(options.threads))
        trained, _ = reread("train", file, *arguments, "-o", str(model), "--no-report")
        figures = figures_of(model, others, column)
    return {
        "train_rows": len(train), "measured_rows": len(others), "metric": data.metric,
        **figures, "members": trained["members"], "steps": trained["steps"], "seconds": trained["seconds"], **circumstances(),
        "command": f"reread train {data.folder} {' '.join(arguments)}".replace(f"{options.data}/", ""),
    }  # fmt: skip


def of_training(data: Data, folder: Path, most: int = ROWS) -> tuple[pa.Table, pa.Table]:
    """Training rows to learn from, at most so many, and others to measure on, with other texts and no new labels."""
    rows, _ = tables(data, folder)
    train = rows.slice(0, min(most, len(rows) * 3 // 4))
    known = set(train["text"].to_pylist())
    others = rows.slice(len(train), MEASURED)
    others = others.filter(np.array([text not in known for text in others["text"].to_pylist()]))
    return train, others if data.metric == "pearson" else of_known_labels(others, train, data.options[1])


def table() -> str:
    """The network's figure, the stack's and the seconds, of each change and set; means over seeds, in percent."""
    lines = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    names = [name for name in SETS if any(line["set"] == name for line in lines)]
    head = [
        "| | " + " | ".join(f"{name}, {NAMES[SETS[name].metric]}" for name in names) + " |",
        "|---|" + "---:|" * len(names),
    ]

    def cell(change: str, name: str) -> str:
        own = [line for line in lines if (line["set"], line["change"]) == (name, change)]
        if not own:
            return "–"
        parts = (np.mean([line[part][SETS[name].metric] for line in own]) for part in ("network", "stack"))
        seconds = np.mean([line["seconds"] for line in own])
        return "{:.1f} {:.1f}".format(*(100 * part for part in parts)) + f", {seconds:.0f} s"

    rows = [
        f"| {change} | " + " | ".join(cell(change, name) for name in names) + " |"
        for change in CHANGES
        if any(line["change"] == change for line in lines)
    ]
    linear = {line["set"]: f"{100 * line['linear'][line['metric']]:.1f}" for line in lines}
    return "\n".join([*head, "| linear member | " + " | ".join(linear[name] for name in names) + " |", *rows, ""])


def main() -> None:
    """Record what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--changes", nargs="*", default=list(CHANGES), choices=list(CHANGES))
    parser.add_argument("--sets", nargs="*", default=[name for name in SETS if name != "sms_spam"], choices=list(SETS))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    done = set()
    if RESULTS.exists():
        lines = map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())
        done = {(line["set"], line["change"], line["seed"]) for line in lines}
    for seed in range(options.seeds):
        for name in options.sets:
            for change in options.changes:
                if (name, change, seed) in done:
                    continue
                line = record(name, change, seed, options)
                with RESULTS.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                print(name, change, seed, line["seconds"], flush=True)
    write_table("ablations.py", table())


if __name__ == "__main__":
    main()
