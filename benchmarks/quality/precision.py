"""What products in bfloat16 do to learning: the recipe bilstm_max in float32 and in bfloat16, seed by seed, one thread.

    python benchmarks/quality/precision.py --data imdb --seeds 5 [--rows 8000] [--epochs 6]

--data is a folder with train.parquet, columns `text` and `label`; test rows are not read. A tenth of the rows is held out, the same for
every run, no movie on both sides where there is a column `movie`. Both precisions of a seed start from the same weights and
read the same batches with the same dropout, so that they differ by rounding alone, and no run stops early. Each finished run is a line
of benchmarks/results/precision_DATA.jsonl with its running loss every 25 steps and, after each epoch, that loss and what the averaged weights
of the recipe find on the rows held out; runs that stand there are not repeated. Then the differences within the seeds are
printed beside the spread over the seeds.

It needs a processor whose kernel multiplies in bfloat16 (AVX-512 BF16).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from reread.data.examples import Examples
from reread.data.lists import examples_from_lists
from reread.machine import circumstances
from reread.pipeline.fit import fit
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.run import Run
from reread.recipes import Recipe, load_recipe
from reread.statistics.bootstrap import bootstrap_interval
from reread.train.listener import Progress, Silent
from reread.typing import override

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
PRECISIONS = ("float32", "bfloat16")
EVERY = 25  # steps between two points of a loss curve


class Curves(Silent):
    """Writes down the running loss, and what every evaluation finds."""

    def __init__(self) -> None:
        self.losses: list[tuple[int, float]] = []
        self.evaluations: list[dict[str, float]] = []

    @override
    def on_step(self, state: Progress, total_steps: int) -> None:
        if state.step % EVERY == 0:
            self.losses.append((state.step, round(state.loss, 5)))

    @override
    def on_evaluation(self, record: Mapping[str, Any], *, best: bool) -> None:
        self.evaluations.append({name: record[name] for name in ("step", "epoch", "loss", "accuracy", "log_loss")})


def examples_of(data: Path, count: int | None) -> Examples:
    """``count`` rows of the training file, in an order drawn with seed 0; without one all."""
    table = pq.read_table(data / "train.parquet")
    rows = np.random.default_rng(0).permutation(len(table))[:count]
    columns = {name: table[name].to_pylist() for name in ("text", "label", "movie") if name in table.column_names}
    some = {name: [column[row] for row in rows] for name, column in columns.items()}
    return examples_from_lists(some["text"], {"label": some["label"]}, groups=some.get("movie"))


def recipe_of(precision: str, seed: int, epochs: int) -> Recipe:
    """The recipe, every epoch of it, on one thread."""
    training = {"precision": precision, "seed": seed, "epochs": epochs, "split_seed": 0, "patience": None}
    here = {"device": "cpu", "engine": "kernel", "threads": 1}
    return load_recipe("bilstm_max").with_settings({"training": {**training, **here}})


def trained(examples: Examples, recipe: Recipe) -> dict[str, Any]:
    """One run: its curves, its engine and the processor's seconds."""
    curves, started = Curves(), time.process_time()
    plan = Plan(recipe=recipe, targets={"label": TargetPlan(task="classification")}, baseline=False)
    fitted = fit(examples, plan, Run(listener=curves))
    return {
        "engine": fitted.plan.recipe.training.engine, "train_rows": fitted.facts["train_rows"],
        "held_out_rows": fitted.facts["validation_rows"], "processor_seconds": round(time.process_time() - started, 1),
        "losses": curves.losses, "epochs": curves.evaluations,
    }  # fmt: skip


def missing_runs(examples: Examples, asked: Mapping[str, Any], seeds: int, out: Path) -> None:
    """Carry out the runs that have no line yet, each written as soon as it is done."""
    done = {(line["precision"], line["seed"]) for line in lines_of(out, asked)}
    for seed in range(seeds):
        for precision in PRECISIONS:
            if (precision, seed) in done:
                continue
            found = trained(examples, recipe_of(precision, seed, asked["planned_epochs"]))
            line = {**asked, "precision": precision, "seed": seed, **found, **circumstances()}
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            last = found["epochs"][-1]
            print(f"{precision} {seed}: {last['accuracy']:.4f} {found['processor_seconds']:.0f} s", flush=True)


def lines_of(out: Path, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The runs recorded so far, of those with the same rows and epochs."""
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []
    return [line for line in lines if asked.items() <= line.items()]


def curve(lines: Iterable[Mapping[str, Any]], precision: str, seeds: int, figure: str) -> NDArray[np.float64]:
    """A figure of each epoch and seed, (epochs, seeds)."""
    found = {line["seed"]: line["epochs"] for line in lines if line["precision"] == precision}
    return np.array([[epoch[figure] for epoch in found[seed]] for seed in range(seeds)]).T


def summary(lines: list[dict[str, Any]], seeds: int) -> str:
    """For each epoch both precisions' means and spreads over the seeds, and the differences within the seeds."""
    told = []
    for figure in ("loss", "log_loss", "accuracy"):
        exact, rounded = (curve(lines, precision, seeds, figure) for precision in PRECISIONS)
        for epoch, (ours, theirs) in enumerate(zip(rounded, exact, strict=True), start=1):
            low, high = bootstrap_interval(ours - theirs)
            told.append(
                f"{figure} after epoch {epoch}: float32 {theirs.mean():.4f} (deviation over seeds {theirs.std(ddof=1):.4f}),"
                f" bfloat16 {ours.mean():.4f} ({ours.std(ddof=1):.4f}); difference {(ours - theirs).mean():+.4f}"
                f" (deviation {(ours - theirs).std(ddof=1):.4f}), 95 % interval {low:+.4f} to {high:+.4f}"
            )
    return "\n".join(told)


def main() -> None:
    """Run what is missing, then compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5, help="2 or more (default 5)")
    parser.add_argument("--rows", type=int, help="read so many rows, drawn with seed 0 (default: all)")
    parser.add_argument("--epochs", type=int, default=6, help="default 6, as the recipe has it")
    parser.add_argument("--out", type=Path, help="the record (default: in benchmarks/results)")
    options = parser.parse_args()
    name = options.data.resolve().name
    out = options.out or RESULTS / f"precision_{name}.jsonl"
    asked = {"data": name, "rows": options.rows, "planned_epochs": options.epochs}
    missing_runs(examples_of(options.data, options.rows), asked, options.seeds, out)
    print(summary(lines_of(out, asked), options.seeds))


if __name__ == "__main__":
    main()
