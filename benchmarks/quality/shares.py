"""How much must a network gain on the rows held out before it may answer? Other training rows say what each share would have given.

    python benchmarks/quality/shares.py --data FOLDER [NAME:ROWS …] [--seeds 6]     (no name: all of them, 1,000 rows)

    python benchmarks/quality/shares.py --table                                  (only the table of docs/defaults.md)

FOLDER is as for defaults.py. Only training rows are used: each seed draws its own, trains `reread train`'s default on them, and up to 4,000 others are
the judges. Each run is a line of benchmarks/results/shares.jsonl: for every share that is tried, by how much the loss of the rows held out is
lower than the linear member's, with its standard error, whether a figure that matters is worse there, and what the share gives on the others. Runs that
stand there are passed over. Then the table of docs/defaults.md is made of all lines.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa
from defaults import ALL, COMPARED, SETS, answers, of_known_labels, tables, write_table

from reread import TextClassifier, TextRegressor
from reread.machine import circumstances
from reread.model.stack import stacked
from reread.pipeline import stacking

RESULTS = Path(__file__).resolve().parents[1] / "results" / "shares.jsonl"
JUDGES = 4000
SEEN: list[dict[str, Any]] = []


def watched(mixtures: Any) -> tuple[float, float, float]:
    """`choose_share`, with what it saw."""
    theirs = mixtures.metrics(0.0)
    tried = []
    for part in stacking.PARTS:
        share = stacking.share_of(part, mixtures.temperature(1.0), mixtures.temperature(0.0))
        gain, error = mixtures.gain(0.0, share)
        ours = mixtures.metrics(share)
        tried.append(
            {
                "part": part,
                "share": share,
                "gain": gain,
                "error": error,
                "seen": {name: round(ours[name] - theirs[name], 5) for name in COMPARED if name in ours},
                "allowed": part == 0 or stacking.no_worse(mixtures, share, theirs),
            }
        )
    chosen = choose(mixtures)
    loss = float(np.average(mixtures.losses(0.0), weights=mixtures.weights))
    SEEN.append({"held_out": mixtures.rows, "loss": loss, "chosen": chosen[0], "tried": tried})
    return chosen


choose = stacking.choose_share


def record(name: str, rows: int, seed: int, folder: Path) -> dict[str, Any]:
    """Train on rows drawn by the seed, and judge every share on others."""
    data = ALL[name]
    column = data.options[1]
    train, _ = tables(data, folder)
    train = train.take(np.random.default_rng([29, seed]).permutation(len(train)))
    others = train.slice(rows, JUDGES)
    train = train.slice(0, rows)
    known = set(train["text"].to_pylist())
    others = others.filter(pa.array([text not in known for text in others["text"].to_pylist()]))
    if data.metric != "pearson":
        others = of_known_labels(others, train, column)
    kind = TextRegressor if data.metric == "pearson" else TextClassifier
    SEEN.clear()
    with mock.patch.object(stacking, "choose_share", watched):
        model = kind(random_state=seed).fit(train["text"].to_pylist(), train[column].to_pylist())
    seen = SEEN[0]
    with tempfile.TemporaryDirectory() as place:
        model.save(Path(place) / "model")
        models, scores, targets = answers(Path(place) / "model", others, column)
    own = models["network"].postprocessor

    def figures(share: float) -> dict[str, float]:
        each = own.metrics(targets, stacked(scores["linear"], scores["network"], share))
        return {name: value for name, value in each.items() if name in COMPARED}

    linear = figures(0.0)
    for each in seen["tried"]:
        each["judged"] = {name: round(value - linear[name], 5) for name, value in figures(each["share"]).items()}
    return {
        "set": name, "rows": rows, "seed": seed, "judges": len(others), "metric": data.metric, "linear": linear, **seen, **circumstances(),
        "command": f"python benchmarks/quality/shares.py {name}:{rows}",
    }  # fmt: skip


def lines() -> list[dict[str, Any]]:
    """All runs so far."""
    return [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()] if RESULTS.exists() else []


def taken(line: dict[str, Any], errors: float) -> dict[str, Any]:
    """The share that `choose_share` would take if a gain had to be so many standard errors."""
    linear, *_, network = line["tried"]
    allowed = [each for each in line["tried"] if each["allowed"]]
    surest = max(allowed, key=lambda each: each["gain"] - errors * each["error"])
    kept: dict[str, Any] = linear
    for each in (network, surest):
        enough = max(errors * each["error"], stacking.WORTH * line["loss"]) if kept is linear else 0.0
        if each["allowed"] and each["gain"] - kept["gain"] > enough:
            kept = each
    return kept


def table() -> str:
    """What each number of standard errors would have given, a line each."""
    rows = [
        "| rows | runs | standard errors | taken | mean gain, points | lost more than 0.1 | worst |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for size in sorted({line["rows"] for line in lines()}):
        own = [line for line in lines() if line["rows"] == size]
        for errors in (1.0, 1.5, 2.0, 2.5):
            shares = [taken(line, errors) for line in own]
            gains = 100 * np.array([share["judged"][line["metric"]] for share, line in zip(shares, own, strict=True)])
            count = sum(share["part"] > 0 for share in shares)
            rows.append(
                f"| {size:,} | {len(own)} | {errors:g} | {count} | {gains.mean():+.2f} | {(gains < -0.1).sum()} | {gains.min():+.2f} |"
            )
    return "\n".join(rows) + "\n"


def main() -> None:
    """Train what is missing, then make the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=[f"{name}:1000" for name in SETS], metavar="NAME:ROWS")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    if not options.table:
        run(options)
    write_table("shares.py", table())


def run(options: argparse.Namespace) -> None:
    """Every run that is missing."""
    done = {(line["set"], line["rows"], line["seed"]) for line in lines()}
    for seed in range(options.seeds):
        for name, rows in (each.split(":") for each in options.names):
            if (name, int(rows), seed) in done:
                continue
            line = record(name, int(rows), seed, options.data)
            with RESULTS.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            print(name, rows, seed, line["chosen"], flush=True)


if __name__ == "__main__":
    main()
