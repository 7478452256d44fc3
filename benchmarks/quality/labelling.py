"""Does `reread label` choose well, and is it as right as it says? The right labels of public data sets answer its questions.

    python benchmarks/quality/labelling.py --data FOLDER [NAME …] [--repeats 20]     (no name: the three sets of docs/label.md)

FOLDER holds NAME/SPLIT.parquet copies of the public data sets. A tenth of a set's training rows (a fifth of SMS spam; of IMDB whole movies) is held out,
the same in all repeats. Each repeat draws up to 5,000 of the others as the file without labels, and labels 400 of them twice, through
`reread.label.labelling.Labelling`, which the page asks too: in its own order, and with all texts at random. Here the linear member learns
after every tenth label, where on the page it learns as fast as it can. After 50, 100, 200 and 400 labels `learn`, as the page calls it, makes a linear member of
them, which is asked about the rows held out; what the page then says of its accuracy is compared with that. A repeat of a set is a line of benchmarks/results/labelling.jsonl,
written as soon as it is done; those that stand there are passed over, so an interrupted round goes on. Then the table of docs/label.md is made of them.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from defaults import write_table

from reread.data.read import open_rows
from reread.data.split import split_rows, text_keys
from reread.label.label_file import open_labels
from reread.label.labelling import Labelling
from reread.label.learning import learn
from reread.label.questions.classes import Classes
from reread.label.texts import read_texts
from reread.machine import circumstances

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "labelling.jsonl"
PAGE = ROOT / "docs" / "label.md"
POOL = 5000  # texts without labels
AFTER = (50, 100, 200, 400)  # labels, after which it is measured
EVERY = 10  # labels, after which the linear member learns
SEED = 40  # of the rows held out


@dataclass(frozen=True)
class Data:
    """A set: its file, how much of it is held out, and the column whose values are not on both sides."""

    name: str
    file: str
    held_out: float = 0.1
    group: str | None = None


SETS = {
    "sms_spam": Data("SMS spam", "sms_spam/all", held_out=0.2),
    "thucnews_titles": Data("THUCNews titles, 10 classes", "thucnews_titles/train"),
    "imdb": Data("IMDB", "imdb/train", group="movie"),
}


def parts(what: Data, folder: Path) -> tuple[pa.Table, pa.Table]:
    """The rows to draw from, and those held out; no text and no group is in both."""
    table = pq.read_table(folder / f"{what.file}.parquet")
    out = split_rows(
        text_keys(table["text"].to_pylist()),
        fraction=what.held_out,
        seed=SEED,
        strata=table["label"].to_pylist(),
        groups=table[what.group].to_pylist() if what.group else None,
    )
    table = table.select(["text", "label"])
    return table.filter(pa.array(~out)), table.filter(pa.array(out))


def labelled(pool: pa.Table, judges: pa.Table, seed: int, *, chosen: bool) -> dict[str, Any]:
    """Label texts, in the page's order or at random, and say how good the linear member is meanwhile."""
    truth = pool["label"].to_pylist()
    question, found = Classes(sorted(set(truth))), dict[str, Any]()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch) / "texts.parquet"
        pq.write_table(pool.select(["text"]), place)
        with open_labels(Path(scratch) / "labels.jsonl", question) as file:
            labelling = Labelling(read_texts(open_rows(place), "text"), question, file, by="oracle", seed=seed)
            state = labelling.state()
            while state.asked is not None and state.labelled < max(AFTER):
                row = state.asked.row
                state = labelling.give(row, truth[row - 1])
                if chosen and state.labelled % EVERY == 0:  # one that never learns asks at random
                    labelling.learn()
                if state.labelled in AFTER:
                    running = {"running": state.accuracy and asdict(state.accuracy)} if chosen else {}
                    found[str(state.labelled)] = {"accuracy": round(accuracy(labelling, judges), 6), **running}
    return found


def accuracy(labelling: Labelling, judges: pa.Table) -> float:
    """How often a linear member of the labels so far is right about other texts."""
    learned = learn(labelling.file.labels, labelling.question, labelling.texts.language, seed=labelling.seed)
    if learned is None:
        return float("nan")
    said = [each.label for each in learned.suggestions(judges["text"].to_pylist())]
    return float(np.mean(np.array(said) == np.array(judges["label"].to_pylist())))


def record(name: str, repeat: int, folder: Path) -> dict[str, Any]:
    """One file of texts, labelled both ways."""
    rest, judges = parts(SETS[name], folder)
    pool = rest.take(np.random.default_rng([SEED, repeat]).permutation(len(rest))[:POOL])
    started = time.process_time()
    ours, random = (labelled(pool, judges, repeat, chosen=chosen) for chosen in (True, False))
    return {
        "set": name, "repeat": repeat, "pool": len(pool), "held_out": len(judges), "chosen": ours, "random": random,
        "processor_seconds": round(time.process_time() - started, 1), **circumstances(),
    }  # fmt: skip


def lines() -> list[dict[str, Any]]:
    """All repeats so far."""
    return list(map(json.loads, RESULTS.read_text(encoding="utf-8").splitlines())) if RESULTS.exists() else []


def table() -> str:
    """A line for each set and number of labels: both orders, their difference, and the running accuracy beside the truth."""
    page = [
        "| texts | labels | accuracy, all at random | as `label` chooses | difference | the page said | its interval held the truth |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, after in product(SETS, map(str, AFTER)):
        own = [(line["chosen"][after], line["random"][after]["accuracy"]) for line in lines() if line["set"] == name]
        if own:
            page.append(f"| {SETS[name].name} | {after} | {' | '.join(cells(own))} |")
    return "\n".join(page) + "\n"


def cells(own: list[tuple[dict[str, Any], float]]) -> list[str]:
    """Of one set and number of labels: what stands behind them in the table, accuracy in percent."""
    ours, random = 100 * np.array([(chosen["accuracy"], random) for chosen, random in own]).T
    gain = ours - random
    error = gain.std(ddof=1) / len(gain) ** 0.5 if len(gain) > 1 else np.nan
    said = [(chosen["accuracy"], chosen["running"]) for chosen, _ in own if chosen["running"]]
    held = sum(each["low"] <= truth <= each["high"] for truth, each in said)
    shown = f"{100 * np.mean([each['right'] / each['of'] for _, each in said]):.1f}" if said else ""
    return [
        f"{random.mean():.1f}",
        f"{ours.mean():.1f}",
        f"{gain.mean():+.1f} ± {error:.1f}",
        shown,
        f"{held} of {len(said)}",
    ]


def main() -> None:
    """Record what is missing, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(SETS), help=f"of {', '.join(SETS)}")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    done = {(line["set"], line["repeat"]) for line in lines()}
    for repeat, name in product(range(options.repeats), options.names):
        if (name, repeat) not in done:
            line = record(name, repeat, options.data)
            with RESULTS.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            print(name, repeat, line["chosen"]["400"], line["random"]["400"], line["processor_seconds"], flush=True)
    write_table("labelling.py", table(), PAGE)


if __name__ == "__main__":
    main()
