"""Labels flipped on purpose: does the audit find them? And the texts that IMDB's parts are known to share.

    python benchmarks/quality/audit.py --data imdb --seeds 5                                                   (linear, all rows)
    python benchmarks/quality/audit.py --data imdb --seeds 1 --rows 5000 --folds 3 --with bilstm_max           (a network too)
    python benchmarks/quality/audit.py --data imdb --shared

--data is a folder with train.parquet, columns `text` and `label`, two classes; --shared also reads its test.parquet and unsup.parquet. For each seed the labels
of one row in twenty are flipped. Every side then scores every row's label by predictions of models that have not seen the row:

- the audit with the linear baseline (`reread audit`), and with the network of --with if that is given;
- cleanlab used by hand, as its tutorials do: scikit-learn's TfidfVectorizer, LogisticRegression and cross_val_predict with their defaults (max_iter raised so that it comes
  to its end), cleanlab.filter.find_label_issues with its own.

Reported are the average precision of the ranking, the share of flipped rows among its first ones, as many as were flipped, and how many rows each side calls
wrong, with precision and recall. Labels that were wrong before count as right, against every side alike. Each line is added to
benchmarks/results/audit.jsonl; runs that stand there with the same rows, folds and seed are not repeated.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import cross_val_predict

from reread.data.request import ColumnRequest
from reread.insight.audit.checks import Settings
from reread.insight.audit.predictors import Labelled, out_of_fold
from reread.insight.audit.reading import read_audit_data
from reread.insight.audit.run import audit
from reread.machine import circumstances
from reread.tasks.classification import Classification

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
SHARE = 20  # one label in so many is flipped
KNOWN = {("train", "test"): 123, ("unsup", "test"): 266}  # distinct texts, equal to the byte
BY_HAND, LINEAR = "cleanlab by hand", "linear"
Chances = NDArray[np.float64]


def by_hand(texts: Sequence[str], labels: NDArray[np.int64], folds: int) -> Chances:
    """The tutorials' way: probabilities out of fold, (rows, 2)."""
    features = TfidfVectorizer().fit_transform(texts)
    model = LogisticRegression(max_iter=1000)
    return np.asarray(cross_val_predict(model, features, labels, cv=folds, method="predict_proba"))


def by_audit(texts: Sequence[str], labels: NDArray[np.int64], settings: Settings) -> Chances:
    """The audit's way, (rows, 2)."""
    task = Classification([0, 1])
    return out_of_fold(Labelled(texts, labels.tolist(), task), settings)[0]


def judged(labels: NDArray[np.int64], flipped: NDArray[np.bool_], chances: Chances) -> dict[str, Any]:
    """How well probabilities tell the flipped labels from the others."""
    scores, issues = get_label_quality_scores(labels, chances), find_label_issues(labels, chances, n_jobs=1)
    count = int(flipped.sum())
    first = np.argsort(scores, kind="stable")[:count]
    return {
        "flipped": count,
        "average_precision": float(average_precision_score(flipped, -scores)),
        "recall_at_flipped": float(flipped[first].mean()),
        "found": int(issues.sum()),
        "precision_of_found": float(flipped[issues].mean()),
        "recall_of_found": float(flipped[issues].sum() / count),
        "accuracy_out_of_fold": float(np.mean(chances.argmax(axis=1) == labels ^ flipped)),
    }


def rows_of(data: Path, count: int | None) -> tuple[list[str], NDArray[np.int64]]:
    """Texts and labels (0, 1) of the training file, in an order drawn with seed 0; ``count`` of them, or all."""
    table = pq.read_table(data / "train.parquet", columns=["text", "label"])
    rows = np.random.default_rng(0).permutation(len(table))[:count]
    texts, labels = (table[name].to_pylist() for name in ("text", "label"))
    codes = np.unique(labels, return_inverse=True)[1]
    return [texts[row] for row in rows], codes[rows].astype(np.int64)


def run(options: argparse.Namespace, out: Path) -> None:
    """Every side with every seed that has no line yet."""
    texts, right = rows_of(options.data, options.rows)
    done = {tuple(line.get(key) for key in ("side", "rows", "folds", "seed")) for line in lines_of(out)}
    for seed in range(options.seeds):
        flipped = np.zeros(len(right), dtype=np.bool_)
        flipped[np.random.default_rng(seed).choice(len(right), len(right) // SHARE, replace=False)] = True
        labels = right ^ flipped
        for side, chances in sides(options, texts, labels, seed).items():
            if (side, len(texts), options.folds, seed) in done:
                continue
            started = time.process_time()
            found = judged(labels, flipped, chances())
            spent = round(time.process_time() - started, 1)
            asked = {"data": options.data.resolve().name, "rows": len(texts), "folds": options.folds, "seed": seed}
            add(out, {**asked, "side": side, **found, "processor_seconds": spent})


def sides(
    options: argparse.Namespace, texts: Sequence[str], labels: NDArray[np.int64], seed: int
) -> Mapping[str, Callable[[], Chances]]:
    """Who finds out what every label should be, by name."""
    settings = {
        name: Settings(predictor=name, folds=options.folds, seed=seed, threads=options.threads)
        for name in [LINEAR, *([options.predictor] if options.predictor else [])]
    }
    audits = {name: lambda own=own: by_audit(texts, labels, own) for name, own in settings.items()}
    return {BY_HAND: lambda: by_hand(texts, labels, options.folds), **audits}


def shared(data: Path, out: Path) -> None:
    """Whether the known shared texts are found, by the check of `reread audit`."""
    for (one, other), known in KNOWN.items():
        started = time.process_time()
        files = [str(data / f"{name}.parquet") for name in (one, other)]
        experiment_data = read_audit_data(files, ColumnRequest(text="text", targets=()))
        found = audit(experiment_data, names=["leaks"]).results["leaks"].findings
        texts = experiment_data.texts
        exact = sum(texts[finding.row] == texts[finding.other] for finding in found if finding.other is not None)
        line = {
            "data": data.resolve().name,
            "files": [one, other],
            "shared": len(found),
            "equal_to_the_byte": exact,
            "known": known,
        }
        add(out, {**line, "processor_seconds": round(time.process_time() - started, 1)})


def add(out: Path, line: Mapping[str, Any]) -> None:
    """Print a finding and write it down."""
    print(json.dumps(line), flush=True)
    with out.open("a", encoding="utf-8") as file:
        file.write(json.dumps({**line, **circumstances()}) + "\n")


def lines_of(out: Path) -> list[dict[str, Any]]:
    """What was found so far."""
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()] if out.exists() else []


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5, help="default 5")
    parser.add_argument("--rows", type=int, help="read so many rows, drawn with seed 0 (default: all)")
    parser.add_argument("--folds", type=int, default=5, help="default 5")
    parser.add_argument("--with", dest="predictor", metavar="RECIPE", help="a network's predictions too")
    parser.add_argument("--threads", type=int, default=1, help="of a network's training (default 1)")
    parser.add_argument("--shared", action="store_true", help="only look for the texts that the files share")
    parser.add_argument("--out", type=Path, default=RESULTS / "audit.jsonl", help="the record")
    options = parser.parse_args()
    if options.shared:
        shared(options.data, options.out)
    else:
        run(options, options.out)


if __name__ == "__main__":
    main()
