"""Does an LSTM feel words further back than an RNN? The answer's gradient against distance, after the same training on the same texts.

    python benchmarks/quality/gradient_distance.py --data FOLDER [--seeds 2] [--texts 200] [--steps 200]
    python benchmarks/quality/explaining_picture.py

FOLDER holds imdb/train.parquet; rows are drawn and held out as in faithfulness.py. The recipes rnn and lstm read from left to right and answer by their last
state. For held-out texts of at least --steps words, all in one window, the length of the gradient of the answer by the vector of the word k steps before the last one
(`reread.insight.explain.distance`), k from 0 on. Each network is a line of benchmarks/results/gradient_distance.jsonl with the geometric means over the texts, beside the
size at the last word and by themselves.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from faithfulness import RESULTS, SETS, Table, rows_of

from reread import TextClassifier, load
from reread.insight.explain.distance import gradient_by_distance
from reread.machine import circumstances

RECIPES = ("rnn", "lstm")
EPOCHS = 4
SMALLEST = 1e-30  # of float32's denormals: what is smaller has vanished


def line_of(train: Table, texts: list[str], labels: list[Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Train a network and look how its gradients fade."""
    model = TextClassifier(
        recipe=asked["network"], epochs=EPOCHS, threads=1, random_state=asked["seed"], baseline=False
    )
    model.fit(train["text"], train["label"], groups=train["movie"])
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.reread")
        network = load(Path(folder) / "model.reread", threads=1).network()
    sizes = gradient_by_distance(network, texts, asked["steps"]).clip(min=SMALLEST)
    shares = sizes / sizes[:, :1]
    right = np.mean([given == true for given, true in zip(network.predict(texts), labels, strict=True)])
    return {
        **asked, "accuracy": round(float(right), 4), "long_texts": len(sizes),
        "size": [float(f"{value:.4g}") for value in np.exp(np.log(sizes).mean(axis=0))],
        "share": [float(f"{value:.4g}") for value in np.exp(np.log(shares).mean(axis=0))],
    }  # fmt: skip


def main() -> None:
    """Measure, and write a line as soon as it is found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument(
        "--texts", type=int, default=200, help="held-out texts, the long ones of which are used (default 200)"
    )
    parser.add_argument("--steps", type=int, default=200, help="distances (default 200)")
    parser.add_argument("--out", type=Path, default=RESULTS.with_name("gradient_distance.jsonl"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    train, held = rows_of(options.data, "imdb", options.texts)
    command = f"python benchmarks/quality/gradient_distance.py --data FOLDER --seeds {options.seeds} --texts {options.texts} --steps {options.steps}"  # fmt: skip
    for seed in range(options.seeds):
        for recipe in RECIPES:
            asked = {"data": "imdb", "network": recipe, "seed": seed, "train_rows": SETS["imdb"].rows, "steps": options.steps}  # fmt: skip
            line = line_of(train, held["text"], held["label"], asked)
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps({**line, "command": command, **circumstances()}) + "\n")
            print(f"{recipe}, seed {seed}: accuracy {line['accuracy']:.3f}, share of the last word's gradient {line['share'][50]:.2g} at 50 steps, {line['share'][-1]:.2g} at {options.steps - 1}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
