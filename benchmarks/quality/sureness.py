"""Are models as sure as they say? Coverage of intervals and sets, calibration error and decisions, on rows that nothing was chosen by.

    python benchmarks/quality/sureness.py --data FOLDER [NAME …]     (no name: all of them)

FOLDER holds NAME/SPLIT.parquet copies of the public data sets. Each set trains one small network on rows of its training file, a tenth of them
held out to stop it. The rows of its test file are asked three things; each set is a line of benchmarks/results/coverage.jsonl.

coverage: the share of true answers inside intervals, or sets of classes, that promise 90 %. `halves`: over 20 random splits, residuals come from one half
of these rows and the share is that of the other half: what the theory promises. `own`: the residuals are those that the model folder keeps, of the rows
that also stopped the training and chose the temperature: what users get. Sets by adding chances up (Romano et al. 2020) stand beside those of the library;
`sizes_on_validation` are both kinds' on the rows held out of training, by which the library's kind was chosen.
calibration: log loss, calibration error and headline without calibration and with each kind, learned on the rows held out of training.
decisions: F1 of several labels a text with a half, and with each label's best threshold on the rows held out of training.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from reread.data.datasets.twenty_newsgroups import strip
from reread.data.examples import Examples
from reread.data.lists import examples_from_lists
from reread.data.subset import take
from reread.machine import circumstances
from reread.pipeline.fit import fit
from reread.pipeline.fitted import Fitted
from reread.pipeline.plan import Plan, TargetPlan
from reread.pipeline.splitting import hold_out
from reread.recipes import load_recipe
from reread.scoring.calibration import NONE, calibrations
from reread.scoring.intervals import conformal_intervals, conformal_radius, conformal_sets, held_out_residuals
from reread.scoring.learning import learn_postprocessor
from reread.scoring.postprocessor import Postprocessor
from reread.tasks.single_label import SingleLabelTask

RESULTS = Path(__file__).resolve().parents[1] / "results" / "coverage.jsonl"
COVERAGE, SPLITS = 0.9, 20
FIGURES = ("log_loss", "calibration_error")
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Run:
    """A data set, and how small a network it trains."""

    folder: str
    target: str
    task: str = "classification"
    rows: int | None = None
    epochs: int = 4
    group: str | None = None
    clean: Callable[[str], str] = str


RUNS = {
    "imdb_stars": Run("imdb", "rating", "regression", rows=5000, group="movie"),
    "emobank": Run("emobank", "valence", "regression", epochs=6),
    "20newsgroups": Run("20newsgroups", "label", epochs=6, clean=strip),
    "imdb": Run("imdb", "label", rows=5000, group="movie"),
    "thucnews_titles": Run("thucnews_titles", "label", rows=20_000),
    "goemotions": Run("goemotions", "label", "multilabel", rows=20_000),
}


def examples_of(run: Run, path: Path, rows: int | None) -> Examples:
    """Rows of a file, drawn with seed 0; texts that cleaning leaves empty are dropped."""
    table = pq.read_table(path)
    columns = {name: table[name].to_pylist() for name in ("text", run.target, run.group) if name}
    texts = [run.clean(text) for text in columns["text"]]
    kept = [row for row in np.random.default_rng(0).permutation(len(texts)) if texts[row].strip()][:rows]
    some = {name: [column[row] for row in kept] for name, column in columns.items()}
    groups = some[run.group] if run.group else None
    return examples_from_lists([texts[row] for row in kept], {"target": some[run.target]}, groups=groups)


def trained(examples: Examples, run: Run, threads: int) -> tuple[Fitted, Plan]:
    """The network, with the calibration that models have unless told otherwise."""
    training = {"epochs": run.epochs, "max_tokens": 200, "threads": threads, "seed": 0, "device": "cpu"}
    recipe = load_recipe("bilstm_max").with_settings({"training": training})
    plan = Plan(recipe=recipe, targets={"target": TargetPlan(task=run.task)}, baseline=False)
    return fit(examples, plan), plan


def halves(rows: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Random splits of the rows in two."""
    for seed in range(SPLITS):
        order = np.random.default_rng(seed).permutation(rows)
        yield order[: rows // 2], order[rows // 2 :]


def spread(values: list[float]) -> dict[str, float]:
    """Their mean, least and most."""
    return {"mean": round(float(np.mean(values)), 4), "min": round(min(values), 4), "max": round(max(values), 4)}


def coverage_of_numbers(postprocessor: Postprocessor, targets: list[Any], scores: NDArray[Any]) -> dict[str, Any]:
    """Whether intervals hold the truth, and how wide they are."""
    truth, answers = np.array(targets, dtype=np.float64), np.array(postprocessor.predict(scores))

    def found(residuals: NDArray[np.float64], rows: NDArray[np.int64]) -> tuple[float, float]:
        low, high = conformal_intervals(answers[rows], residuals, COVERAGE).T
        return float(np.mean((low <= truth[rows]) & (truth[rows] <= high))), float(high[0] - low[0])

    split = [found(np.sort(np.abs(truth - answers)[some]), others) for some, others in halves(len(truth))]
    own = [found(postprocessor.residuals, others) for _, others in halves(len(truth))]
    each = {"halves": split, "own": own}
    shown = {
        name: {"held": spread([h for h, _ in pairs]), "width": spread([w for _, w in pairs])}
        for name, pairs in each.items()
    }
    return {**shown, "deviation_of_targets": round(float(truth.std()), 4)}


def added_up(chances: NDArray[np.float64], luck: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much chance is added up when each class comes, (rows, classes), with a share of its own (Romano et al. 2020, equation 7)."""
    order = np.argsort(-chances, axis=1)
    sorted_chances = np.take_along_axis(chances, order, axis=1)
    before = np.cumsum(sorted_chances, axis=1) - sorted_chances
    came = np.empty_like(chances)
    np.put_along_axis(came, order, before + luck[:, None] * sorted_chances, axis=1)
    return came


def coverage_of_classes(postprocessor: Postprocessor, targets: list[Any], scores: NDArray[Any]) -> dict[str, Any]:
    """Whether sets hold the true class, how many classes they have, and which share of the least covered class they hold."""
    task, calibrated = postprocessor.task, postprocessor.calibrated(scores)
    assert isinstance(task, SingleLabelTask)
    truth = task.encode(targets)[:, 0].astype(np.int64)
    came = added_up(task.probabilities(calibrated), np.random.default_rng(0).random(len(truth)))

    def likeliest(some: NDArray[np.int64], others: NDArray[np.int64]) -> Bools:
        residuals = held_out_residuals(task, [targets[row] for row in some], calibrated[some])
        return conformal_sets(task, calibrated[others], residuals, COVERAGE)

    def adding(some: NDArray[np.int64], others: NDArray[np.int64]) -> Bools:
        return came[others] <= conformal_radius(np.sort(came[some, truth[some]]), COVERAGE)

    def own(_: NDArray[np.int64], others: NDArray[np.int64]) -> Bools:
        return conformal_sets(task, calibrated[others], postprocessor.residuals, COVERAGE)

    found = {}
    for name, kind in {"halves": likeliest, "halves_adding_up": adding, "own": own}.items():
        members = [(kind(some, others), truth[others]) for some, others in halves(len(truth))]
        held = [sets[np.arange(len(sets)), true] for sets, true in members]
        right, which = np.concatenate(held), np.concatenate([true for _, true in members])
        found[name] = {
            "held": spread([float(own.mean()) for own in held]),
            "size": spread([float(sets.sum(axis=1).mean()) for sets, _ in members]),
            "least_covered_class": round(min(float(right[which == k].mean()) for k in np.unique(which)), 4),
        }
    return found


def record(name: str, data: Path, *, rows: int | None, threads: int) -> dict[str, Any]:
    """Train, ask the rows of the test file, and say what came out."""
    run = RUNS[name]
    train = examples_of(run, data / run.folder / "train.parquet", rows or run.rows)
    test = examples_of(run, data / run.folder / "test.parquet", rows)
    started = time.process_time()
    fitted, plan = trained(train, run, threads)
    targets, scores = test.targets["target"], fitted.model().scores(test.texts)
    line: dict[str, Any] = {
        "set": name, "train_rows": fitted.facts["train_rows"], "held_out_rows": fitted.facts["validation_rows"], "test_rows": len(test),
        "promised": COVERAGE, "splits": SPLITS, "processor_seconds": round(time.process_time() - started, 1),
        "metrics": rounded(fitted.postprocessor.metrics(targets, scores)),
    }  # fmt: skip
    if run.task == "regression":
        return line | {"coverage": coverage_of_numbers(fitted.postprocessor, targets, scores)}
    held_out = np.flatnonzero(hold_out(train, plan, fitted.task.stratum(fitted.task.encode(train.targets["target"]))))
    texts, truth = take(train.texts, held_out), take(train.targets["target"], held_out)
    if run.task == "classification":
        chosen_by = coverage_of_classes(fitted.postprocessor, truth, fitted.model().scores(texts))
        line["sizes_on_validation"] = {
            name: found["size"]["mean"] for name, found in chosen_by.items() if name != "own"
        }
        line["coverage"] = coverage_of_classes(fitted.postprocessor, targets, scores)
    return line | sure(fitted, (texts, truth), targets, scores)


def sure(
    fitted: Fitted, learned_from: tuple[list[str], list[Any]], targets: list[Any], scores: NDArray[Any]
) -> dict[str, Any]:
    """Each calibration, and for several labels a text the thresholds, learned on the rows held out of training."""
    task, (texts, truth) = fitted.task, learned_from
    held_out_scores = fitted.model().scores(texts)

    def figures(names: tuple[str, ...], **learn: Any) -> dict[str, float]:
        postprocessor = learn_postprocessor(task, held_out_scores, truth, **learn)
        told = postprocessor.calibrated_by()
        return {**({"learned": told} if told else {}), **rounded(postprocessor.metrics(targets, scores), names)}

    found: dict[str, Any] = {
        "calibration": {
            kind: figures((task.headline, *FIGURES), calibration=kind)
            for kind in (NONE, *sorted(set(calibrations) - {NONE}))
        }
    }
    if task.name == "multilabel":
        scored = ("macro_f1", "micro_f1", "accuracy")
        found["decisions"] = {
            rule or "half": figures(scored, calibration="temperature", decide=rule) for rule in (None, "f1")
        }
    return found


def rounded(metrics: Any, names: tuple[str, ...] | None = None) -> dict[str, float]:
    """Some of the metrics, or all."""
    return {name: round(metrics[name], 4) for name in names or metrics}


def main() -> None:
    """Record the sets asked for, each written as soon as it is done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(RUNS)}")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, help="of either file, at most (default: the set's)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    for name in options.names or list(RUNS):
        line = record(name, options.data, rows=options.rows, threads=options.threads)
        rows = f" --rows {options.rows}" if options.rows else ""
        command = f"python benchmarks/quality/sureness.py --data FOLDER {name}{rows} --threads {options.threads}"
        line |= {**circumstances(), "command": command}
        with options.out.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(json.dumps(line, indent=1), flush=True)


if __name__ == "__main__":
    main()
