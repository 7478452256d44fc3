"""The recipe yelp_keras beside the same network in Keras 3: same rows, same ids, same split, interleaved by seed, one thread.

    python benchmarks/quality/yelp_keras.py --data yelp --keras-python keras/bin/python

--data is a folder with train.parquet and test.parquet, columns `text` and `stars`; three stars are negative. The other
Python has what benchmarks/peers/requirements.txt names. Each finished run is a line of benchmarks/results/yelp_keras.jsonl, and
runs that stand there are not repeated; then come both sides' means and the mean difference with its 95 % interval over the
seeds. The test rows are scored once a run and choose nothing.

Both sides read the ids of reread's own preparation: 2,500 words and one id for all others, at most 400 tokens. Embedding 128,
dropout 0.2, LSTM 200 read to its last real state, dropouts 0.2 on its inputs and its recurrence, softmax over two, Adam at
0.001, gradients of norm 1 at most, batches of 32, one epoch; weights into the LSTM start as Glorot says, its forget gate's bias at 1. What still differs:

- Dropout of the LSTM's inputs: reread draws it anew at every position, Keras once a text and gate. Of its recurrence: both
  once a text, reread for all gates alike, Keras for each gate.
- Where training starts: word vectors normal with deviation 0.1, in Keras uniform within 0.05; recurrent weights orthogonal for each
  gate, in Keras for all four together, which makes them half as large; the last layer uniform within 1/sqrt(200), its bias
  too, in Keras Glorot and 0.
- Adam: reread moves only the vectors of a batch's words, Keras all of them by their momentum; epsilon 1e-8, in Keras 1e-7.
- Batches: reread's texts are of like length, Keras draws them at random and reads padding up to 400 tokens, which changes no
  answer but costs time. Seconds are recorded, not compared: reread's are of the whole command, Keras's of the epoch.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from records import reread

from reread.bundle import read_bundle
from reread.data.examples import ColumnRequest, Examples, TargetRequest, read_examples
from reread.machine import circumstances, versions
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.prepare import prepare
from reread.pipeline.prepared import Prepared
from reread.recipes import load_recipe
from reread.statistics.bootstrap import bootstrap_interval
from reread.text.encoded import EncodedTexts

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "yelp_keras.jsonl"
PEER = ROOT / "benchmarks" / "peers" / "keras_yelp.py"
RECIPE = load_recipe("yelp_keras")
FIGURES = ("validation_accuracy", "test_accuracy")


def examples_of(file: Path) -> Examples:
    """The reviews of a file with their stars."""
    return read_examples(file, ColumnRequest(text="text", targets=(TargetRequest("label", "label", "stars"),)))


def padded(encoded: EncodedTexts) -> NDArray[np.int16]:
    """Ids from 1, the unknown word's, and 0 after a text's end, (texts, max_tokens)."""
    table = np.zeros((len(encoded), RECIPE.training.max_tokens), dtype=np.int16)
    for row, ids in zip(table, encoded, strict=True):
        row[: len(ids)] = ids[:, 0] + 1
    return table


def write_encoded(prepared: Prepared, test: Examples, file: Path) -> None:
    """What the other side reads: the training file's rows as reread encodes and splits them, then the test rows."""
    encoded = prepared.encoder.encode_many(test.texts, max_tokens=RECIPE.training.max_tokens)
    targets = np.concatenate([prepared.encoded_targets, prepared.task.encode(test.targets["label"])])
    np.savez_compressed(
        file, ids=np.concatenate([padded(prepared.encoded), padded(encoded)]), labels=targets[:, 0].astype(np.int8),
        train=prepared.train, validation=prepared.validation, test=np.arange(len(prepared.texts), len(targets)),
        vocabulary=len(prepared.encoder.vocabularies[0]) + 1,
    )  # fmt: skip


def reread_run(data: Path, prepared: Prepared, seed: int) -> dict[str, Any]:
    """One run of reread, through its command line."""
    with tempfile.TemporaryDirectory() as scratch:
        model = f"{scratch}/model"
        trained, _ = reread(
            "train", f"{data}/train.parquet", "--text", "text", "--label", "stars", "--model", RECIPE.name,
            "--seed", str(seed), "--threads", "1", "--device", "cpu", "--no-baseline", "-o", model,
        )  # fmt: skip
        tested, _ = reread("evaluate", model, f"{data}/test.parquet", "--threads", "1")
        if read_bundle(model).scorer.encoder.vocabularies != prepared.encoder.vocabularies:
            raise SystemExit("reread trained on other words than Keras was given")
    return {
        "validation_accuracy": trained["validation"]["accuracy"], "test_accuracy": tested["metrics"]["accuracy"],
        "seconds": trained["seconds"], "versions": versions(),
    }  # fmt: skip


def keras_run(python: str, encoded: Path, prepared: Prepared, test: Examples, seed: int) -> dict[str, Any]:
    """One run of Keras, its answers measured as reread measures its own."""
    answers = encoded.with_name("answers.json")
    subprocess.run([python, "-I", PEER, encoded, "--seed", str(seed), "--out", answers], check=True)
    answered = json.loads(answers.read_text())
    truth = {"validation": prepared.validation_targets, "test": test.targets["label"]}
    figures = {}
    for name, targets in truth.items():
        chances = np.clip(answered[name], 1e-12, 1 - 1e-12)
        scores = np.log(np.stack([1 - chances, chances], axis=1))
        figures[f"{name}_accuracy"] = prepared.task.metrics(targets, scores)["accuracy"]
    return {**figures, "seconds": answered["seconds"], "versions": answered["versions"]}


def missing_runs(sides: dict[str, Callable[[int], dict[str, Any]]], seeds: int, out: Path) -> None:
    """Carry out the runs that have no line yet, each written as soon as it is done."""
    done = {(line["side"], line["seed"]) for line in lines_of(out)}
    for seed in range(seeds):
        for side, run in sides.items():
            if (side, seed) in done:
                continue
            line = {**circumstances(), "side": side, "seed": seed, **run(seed)}
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            print(side, seed, *(f"{name} {line[name]:.4f}" for name in FIGURES), f"{line['seconds']:.0f} s", flush=True)


def lines_of(out: Path) -> list[dict[str, Any]]:
    """The runs recorded so far."""
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []


def summary(lines: list[dict[str, Any]], seeds: int) -> str:
    """Both sides' mean accuracies, and by how many points reread is above Keras with the 95 % interval over the seeds."""
    told = []
    for name in FIGURES:
        found = {(line["side"], line["seed"]): line[name] for line in lines}
        ours, theirs = (np.array([found[side, seed] for seed in range(seeds)]) for side in ("reread", "keras"))
        low, high = bootstrap_interval(100 * (ours - theirs))
        told.append(
            f"{name.replace('_', ' ')}: reread {ours.mean():.2%}, Keras {theirs.mean():.2%};"
            f" difference {100 * (ours - theirs).mean():+.2f} points, 95 % interval {low:+.2f} to {high:+.2f}, {seeds} seeds"
        )
    return "\n".join(told)


def main() -> None:
    """Run what is missing, then compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--keras-python", required=True, help="the Python of benchmarks/peers/requirements.txt")
    parser.add_argument("--seeds", type=int, default=5, help="2 or more (default 5)")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    plan = Plan(recipe=RECIPE, targets={"label": TargetPlan(task="classification")})
    prepared = prepare(examples_of(options.data / "train.parquet"), plan, print)
    test = examples_of(options.data / "test.parquet")
    with tempfile.TemporaryDirectory() as scratch:
        encoded = Path(scratch) / "encoded.npz"
        write_encoded(prepared, test, encoded)
        sides = {
            "reread": lambda seed: reread_run(options.data, prepared, seed),
            "keras": lambda seed: keras_run(options.keras_python, encoded, prepared, test, seed),
        }
        missing_runs(sides, options.seeds, options.out)
    print(summary(lines_of(options.out), options.seeds))


if __name__ == "__main__":
    main()
