"""Which method of explaining tells what a network goes by: deletion and insertion curves on held-out texts, English and Chinese.

    python benchmarks/quality/faithfulness.py --data FOLDER [--set imdb] [--texts 200]
    python benchmarks/quality/explaining_picture.py

FOLDER holds imdb/train.parquet and waimai_10k/all.parquet, columns `text` and `label`. A fifth of the rows is held out, no movie on both sides; of the
rest so many are trained on as SETS says, by bilstm_max and by attention_lstm, one thread, seed 0. IMDB's test rows are not read: the default method is
chosen by these curves. Each text of --texts drawn from the rows held out is explained by every method for the class that is answered; then it loses,
or is made of, the 5, 10 … 50 % of its words that weigh most, and the network is asked again (`reread.insight.explain.faithfulness`). Each method is a
line of benchmarks/results/faithfulness.jsonl: mean curves, and the areas of every text, so that methods can be compared text by text.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import torch

from reread import TextClassifier, load
from reread.data.split import split_rows, text_keys
from reread.explain import Explanation
from reread.insight.explain.faithfulness import Curves, faithfulness, shuffled
from reread.machine import circumstances
from reread.model.base import Model

RESULTS = Path(__file__).resolve().parents[1] / "results" / "faithfulness.jsonl"
NETWORKS = {
    "bilstm_max": ("pooled_words", "integrated_gradients", "deletion", "random"),
    "attention_lstm": ("pooled_words", "integrated_gradients", "deletion", "attention", "random"),
}
"""Of each recipe the methods that can explain it."""


@dataclass(frozen=True)
class Set:
    """A data set: its file, the rows trained on, and for how many epochs."""

    file: str
    rows: int
    epochs: int


SETS = {"imdb": Set("imdb/train.parquet", 6000, 4), "waimai_10k": Set("waimai_10k/all.parquet", 8000, 6)}
Table = dict[str, list[Any]]


def rows_of(data: Path, name: str, count: int) -> tuple[Table, Table]:
    """What is trained on, and ``count`` texts held out, both drawn with seed 0."""
    table = pq.read_table(data / SETS[name].file)
    columns = {key: table[key].to_pylist() for key in ("text", "label", "movie") if key in table.column_names}
    held_out = split_rows(
        text_keys(columns["text"]), fraction=0.2, seed=0, strata=columns["label"], groups=columns.get("movie")
    )
    order = np.random.default_rng(0).permutation(len(held_out))
    sides = order[~held_out[order]][: SETS[name].rows], order[held_out[order]][:count]
    train, held = ({key: [column[row] for row in rows] for key, column in columns.items()} for rows in sides)
    return train, held


def trained(train: Table, network: str, epochs: int, folder: Path) -> Model:
    """A model folder, opened: what a user explains."""
    model = TextClassifier(recipe=network, epochs=epochs, threads=1, random_state=0, baseline=False)
    model.fit(train["text"], train["label"], groups=train.get("movie"))
    model.save(folder)
    return load(folder, threads=1)


def explained(model: Model, texts: list[str], method: str) -> Iterator[Explanation]:
    """An explanation of each text; random ones are those of pooled words with their weights elsewhere."""
    for seed, text in enumerate(texts):
        if method == "random":
            yield shuffled(model.explain(text, method="pooled_words"), seed)
        else:
            yield model.explain(text, method=method)


def figures_of(curves: Curves) -> dict[str, Any]:
    """What a line says of curves: their means, and the areas of each text."""
    return {
        "shares": curves.shares.tolist(),
        "deletion": curves.deletion.mean(axis=0).round(4).tolist(),
        "insertion": curves.insertion.mean(axis=0).round(4).tolist(),
        "comprehensiveness": round(float(curves.comprehensiveness.mean()), 4),
        "sufficiency": round(float(curves.sufficiency.mean()), 4),
        "deletion_areas": curves.deletion_area.round(4).tolist(),
        "insertion_areas": curves.insertion_area.round(4).tolist(),
    }


def measured(data: Path, name: str, count: int) -> Iterator[dict[str, Any]]:
    """A line for each network and method."""
    train, held = rows_of(data, name, count)
    for network, methods in NETWORKS.items():
        with tempfile.TemporaryDirectory() as folder:
            model = trained(train, network, SETS[name].epochs, Path(folder) / "model.reread")
        accuracy = np.mean(
            [given == true for given, true in zip(model.predict(held["text"]), held["label"], strict=True)]
        )
        for method in methods:
            started = time.process_time()
            curves = faithfulness(model, explained(model, held["text"], method))
            yield {
                "data": name, "network": network, "method": method, "train_rows": len(train["text"]), "texts": len(curves.deletion),
                "accuracy": round(float(accuracy), 4), "processor_seconds": round(time.process_time() - started, 1), **figures_of(curves),
            }  # fmt: skip


def main() -> None:
    """Measure, and write a line as soon as it is found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", choices=SETS, action="append", help="default: both")
    parser.add_argument("--texts", type=int, default=200, help="held-out texts (default 200)")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    for name in options.set or SETS:
        command = f"python benchmarks/quality/faithfulness.py --data FOLDER --set {name} --texts {options.texts}"
        for line in measured(options.data, name, options.texts):
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps({**line, "command": command, **circumstances()}) + "\n")
            areas = [float(np.mean(line[f"{curve}_areas"])) for curve in ("deletion", "insertion")]
            print(
                f"{name}, {line['network']}, {line['method']}: deletion {areas[0]:.3f}, insertion {areas[1]:.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
