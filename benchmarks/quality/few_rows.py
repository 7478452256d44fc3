"""Does the default train on few rows? Network beside linear model, `reread train FILE` with nothing else said, three seeds each.

    python benchmarks/quality/few_rows.py --data FOLDER [NAME …] [--seeds 3]     (no name: all of them)

FOLDER holds NAME/SPLIT.parquet copies of the public data sets. Training and test rows are drawn once, with seed 14; of a set without a published
split the test rows come from one half and the training rows from the other. Test rows are scored once, at the end, and choose nothing: the defaults
were chosen on other samples of the training files. Each run is a line of benchmarks/results/few_rows.jsonl, with the wall's and the processor's
seconds of `reread train`; runs that stand there with the same commit are passed over, so an interrupted round goes on. Afterwards
benchmarks/results/few_rows.md is made of the last line of each set and seed.

`wanted` is how far below the linear model the network may be; where there is none, the run shows that the network gives more than one answer.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from records import reread

import reread as library
from reread.data.datasets.twenty_newsgroups import strip
from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results"
SEED = 14  # of the rows
TEST_ROWS = 5000
KEYWORDS = 70
WORDS_READ = 60  # of a post with keywords


@dataclass(frozen=True)
class Run:
    """Some rows of a data set.

    Attributes:
        metric: which figure of the test rows is shown.
        wanted: how far below the linear model the network may be; None: it is a run that must not end in one answer.
        classes: only rows of so many classes, the first ones by name.
        make: other texts and labels made of the set's.
    """

    folder: str
    rows: int
    options: tuple[str, ...] = ()
    metric: str = "accuracy"
    wanted: float | None = None
    classes: int | None = None
    make: Callable[[pa.Table], pa.Table] | None = None


def with_keywords(table: pa.Table) -> pa.Table:
    """Posts with their group and those of 70 words that they have, as many rare labels as a newswire; groups of very different size."""
    random = np.random.default_rng(SEED)
    texts = [" ".join(strip(text).split()[:WORDS_READ]) for text in table["text"].to_pylist()]
    words = [set(re.findall(r"[a-z]{5,}", text.lower())) for text in texts]
    counts = Counter(word for own in words for word in own)
    chosen = random.choice(
        sorted(word for word, count in counts.items() if 15 <= count <= 400), KEYWORDS, replace=False
    )
    groups = table["label"].to_pylist()
    share = dict(zip(random.permutation(sorted(set(groups))), 1 / np.arange(1, 21), strict=True))
    kept = [row for row, text in enumerate(texts) if text and random.random() < max(0.45, 20 * share[groups[row]] / 6)]
    labels = [[groups[row], *(f"says {word}" for word in chosen if word in words[row])] for row in kept]
    return pa.table({"text": [texts[row] for row in kept], "label": labels})


def without_headers(table: pa.Table) -> pa.Table:
    """Posts without what quotes or signs them; none is empty."""
    texts = [strip(text) for text in table["text"].to_pylist()]
    kept = [row for row, text in enumerate(texts) if text.strip()]
    return pa.table({"text": [texts[row] for row in kept], "label": table["label"].take(pa.array(kept))})


STARS = ("--label", "label", "--ordinal-order", "1,2,3,4,5")
LABEL = ("--label", "label")
RUNS = {
    "sms_spam": Run("sms_spam", 1500, LABEL, wanted=0.02),
    "imdb": Run("imdb", 1000, LABEL, wanted=0.02),
    "waimai_10k": Run("waimai_10k", 500, LABEL, wanted=0.02),
    "goemotions": Run("goemotions", 7000, LABEL, "micro_f1", wanted=0.03),
    "many_labels": Run("20newsgroups", 5500, LABEL, "micro_f1", wanted=0.03, make=with_keywords),
    "fifty_rows": Run("waimai_10k", 50, LABEL),
    "twenty_classes": Run("20newsgroups", 200, LABEL, make=without_headers),
    "emobank": Run("emobank", 300, ("--target", "valence"), "r2"),
    "yelp": Run("yelp", 800, STARS, "quadratic_kappa"),
    "thucnews_titles": Run("thucnews_titles", 1000, LABEL),
}


def halves(run: Run, data: Path) -> tuple[pa.Table, pa.Table]:
    """The rows that training and test are drawn from."""
    folder = data / run.folder
    if (folder / "all.parquet").exists():
        table = pq.read_table(folder / "all.parquet")
        order = np.random.default_rng(SEED).permutation(len(table))
        return table.take(order[len(table) // 2 :]), table.take(order[: len(table) // 2])
    return pq.read_table(folder / "train.parquet"), pq.read_table(folder / "test.parquet")


def drawn(run: Run, data: Path) -> tuple[pa.Table, pa.Table]:
    """Training and test rows; no text stands in both."""
    pool, others = halves(run, data)
    if run.make is not None:
        made = run.make(pa.concat_tables([pool, others]))
        pool, others = made.slice(0, len(made) * 4 // 5), made.slice(len(made) * 4 // 5)
    train = pool.take(np.random.default_rng(SEED + 1).permutation(len(pool))[: run.rows])
    others = others.take(np.random.default_rng(SEED + 2).permutation(len(others)))
    known = set(train["text"].to_pylist())
    others = others.filter(pa.array([text not in known for text in others["text"].to_pylist()])).slice(0, TEST_ROWS)
    return train, others if run.make is not with_keywords else of_known_labels(others, train)


def of_known_labels(table: pa.Table, train: pa.Table) -> pa.Table:
    """The rows without labels that no training row has: a model refuses to be measured on these."""
    known = {label for labels in train["label"].to_pylist() for label in labels}
    labels = [[label for label in own if label in known] for own in table["label"].to_pylist()]
    return table.set_column(table.schema.get_field_index("label"), "label", pa.array(labels))


def record(name: str, data: Path, seed: int) -> dict[str, Any]:
    """Train, test, and say what came out."""
    run = RUNS[name]
    options = [*run.options, "--seed", str(seed)]
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for part, table in zip(("train", "test"), drawn(run, data), strict=True):
            files[part] = Path(folder) / f"{part}.parquet"
            pq.write_table(table, files[part])
        model, before = str(Path(folder) / "model"), processor_seconds()
        trained, _ = reread("train", str(files["train"]), "--text", "text", *options, "-o", model)
        seconds = processor_seconds() - before
        tested, _ = reread("evaluate", model, str(files["test"]))
        answers = Counter(map(str, library.load(model).predict(pq.read_table(files["test"])["text"].to_pylist())))
        training = json.loads((Path(model) / "config.json").read_text(encoding="utf-8"))["training"]
    network = tested.get("network", tested["metrics"])
    return {
        "set": name, "rows": run.rows, "test_rows": tested["rows"], "seed": seed, "metric": run.metric, "wanted": run.wanted,
        "network": network[run.metric], "baseline": tested["baseline"][run.metric], "all": {"network": network, "baseline": tested["baseline"]},
        "answers": len(answers), "commonest_answer": answers.most_common(1)[0][1] / sum(answers.values()),
        "steps": trained["steps"], "stopped": trained["stopped"], "batch_size": training["batch_size"], "epochs": training["epochs"],
        "seconds": trained["seconds"], "processor_seconds": round(seconds, 1), **circumstances(),
        "command": f"reread train {run.folder} --text text {' '.join(options)}",
    }  # fmt: skip


def processor_seconds() -> float:
    """Of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def lines_of(out: Path, commit: str | None = None) -> list[dict[str, Any]]:
    """The last run of each set and seed, of one commit if it is named."""
    lines = map(json.loads, out.read_text(encoding="utf-8").splitlines()) if out.exists() else ()
    return list({(line["set"], line["seed"]): line for line in lines if commit in {None, line["commit"]}}.values())


def table(lines: Iterable[dict[str, Any]]) -> str:
    """One row a set: means over the seeds, the network's least and most, and the slowest run."""
    rows = ["| set | rows | figure | network | linear | wanted | answers | seconds, at most |", "|---|---:|---|---:|---:|---|---:|---:|"]  # fmt: skip
    found = list(lines)
    for name in RUNS:
        own = [line for line in found if line["set"] == name]
        if not own:
            continue
        figures = [line["network"] for line in own]
        mean, linear, wanted = (
            float(np.mean(figures)),
            float(np.mean([line["baseline"] for line in own])),
            own[0]["wanted"],
        )
        told = "" if wanted is None else f"{linear - wanted:.3f}: {'yes' if mean >= linear - wanted else 'no'}"
        rows.append(
            f"| {name} | {own[0]['rows']:,} | {own[0]['metric']} | {mean:.3f} ({min(figures):.3f} to {max(figures):.3f}) | {linear:.3f} | {told}"
            f" | {min(line['answers'] for line in own)} | {max(line['seconds'] for line in own):.0f} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Record what is missing, each run written as soon as it is done, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(RUNS)}")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=RESULTS / "few_rows.jsonl")
    options = parser.parse_args()
    commit = circumstances()["commit"]
    done = {(line["set"], line["seed"]) for line in lines_of(options.out, commit)}
    for name in options.names or list(RUNS):
        for seed in range(options.seeds):
            if (name, seed) in done:
                continue
            line = record(name, options.data, seed)
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            print(f"{name} {seed}: network {line['network']:.4f}, linear {line['baseline']:.4f}, {line['steps']} steps, {line['seconds']:.0f} s", flush=True)  # fmt: skip
    lines = lines_of(options.out)
    commits = ", ".join(sorted({line["commit"] for line in lines}))
    head = f"Made by `benchmarks/quality/few_rows.py` of the lines of few_rows.jsonl, commits {commits}.\n\n"
    shown = head + table(lines) + "\n"
    options.out.with_suffix(".md").write_text(shown, encoding="utf-8")
    print(shown)


if __name__ == "__main__":
    main()
