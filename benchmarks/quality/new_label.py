"""What does a new label cost the old ones? `reread train --from MODEL --keep-labels` on training rows of 20 Newsgroups: docs/transfer.md.

    python benchmarks/quality/new_label.py --data FOLDER [--old 150] [--new 80] [--few 10 20 50] [--seeds 1]

A model learns all groups but one from some rows of each; then that one is added, with a few rows of each old group beside it, which the model was
trained on or not. Both are asked about other training rows; test rows are not read. FOLDER holds 20newsgroups/train.parquet; posts are without
headers, quotes and signatures, and cut to 700 characters. The linear member answers: the network takes one step. Each run is a line of
benchmarks/results/new_label.jsonl; runs that stand there with the same commit are passed over. Run with another checkout's `src` on PYTHONPATH, it
measures that one.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from defaults import without_headers, write_table
from records import reread

from reread import load
from reread.machine import circumstances

RESULTS = Path(__file__).resolve().parents[1] / "results" / "new_label.jsonl"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "transfer.md"
NEW = "sci.med"
CUT = 700  # characters
JUDGED = 120  # rows of each label, at most
OPTIONS = ("--label", "label", "--answer", "linear", "--steps", "1", "--threads", "1", "--no-report")


class Rows:
    """The training rows in an order drawn by a seed, the places of each label, and what each part of a run reads."""

    def __init__(self, data: Path, seed: int, options: argparse.Namespace) -> None:
        table = without_headers(pq.read_table(data / "20newsgroups" / "train.parquet"))
        cut = {text[:CUT].strip(): label for text, label in zip(*(table[k].to_pylist() for k in ("text", "label")), strict=True)}  # fmt: skip
        order = np.random.default_rng(seed).permutation(len(cut))
        texts, labels = list(cut), list(cut.values())
        self.texts, self.labels = [texts[row] for row in order], np.array([labels[row] for row in order])
        self.of = {label: np.flatnonzero(self.labels == label) for label in sorted(set(labels))}
        self.old, self.most = options.old, max(options.few)
        self.new = options.new
        self.judged = np.concatenate(
            [rows[max(self.old + self.most, self.new) :][:JUDGED] for rows in self.of.values()]
        )

    def trained(self) -> np.ndarray:
        """What the old model learns from."""
        return np.concatenate([rows[: self.old] for label, rows in self.of.items() if label != NEW])

    def added(self, few: int, *, seen: bool) -> np.ndarray:
        """The rows of the new label, and a few of each old one."""
        first = 0 if seen else self.old
        old = [rows[first : first + few] for label, rows in self.of.items() if label != NEW]
        return np.concatenate([self.of[NEW][: self.new], *old])

    def write(self, rows: np.ndarray, file: Path) -> str:
        """Rows as a file."""
        pq.write_table(pa.table({"text": [self.texts[row] for row in rows], "label": self.labels[rows].tolist()}), file)
        return str(file)

    def figures(self, model: str) -> dict[str, float]:
        """How often a model is right on rows of the old labels, how many of them get the new one, and its recall."""
        answers = np.array(load(model).predict([self.texts[row] for row in self.judged]))
        truth = self.labels[self.judged]
        old = truth != NEW
        return {
            "old": float(np.mean(answers[old] == truth[old])),
            "taken": float(np.mean(answers[old] == NEW)),
            "recall": float(np.mean(answers[~old] == NEW)),
        }


def runs(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Every run that is missing, the old model of a seed trained once."""
    for seed in range(options.seeds):
        cases = [case for case in itertools.product((True, False), options.few) if not _done(options, seed, *case)]
        if not cases:
            continue
        rows = Rows(options.data, seed, options)
        with tempfile.TemporaryDirectory() as folder:
            old = f"{folder}/old.reread"
            reread("train", rows.write(rows.trained(), Path(folder, "old.parquet")), *OPTIONS, "-o", old)
            before = rows.figures(old)
            for seen, few in cases:
                file = rows.write(rows.added(few, seen=seen), Path(folder, "new.parquet"))
                added = f"{folder}/{seen}{few}.reread"
                trained, _ = reread("train", file, *OPTIONS, "--from", old, "--keep-labels", "-o", added)
                yield {
                    "old_rows": options.old, "new_rows": options.new, "few": few, "seen": seen, "seed": seed, "judged": len(rows.judged),
                    "before": before["old"], **rows.figures(added), "seconds": trained["seconds"], **circumstances(),
                    "command": f"reread train new.parquet --from old.reread --keep-labels {' '.join(OPTIONS)}",
                }  # fmt: skip


def all_lines() -> list[dict[str, Any]]:
    """Every run so far."""
    return [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()] if RESULTS.exists() else []


def _done(options: argparse.Namespace, seed: int, seen: bool, few: int) -> bool:  # noqa: FBT001  # a case
    asked = (options.old, options.new, few, seen, seed, circumstances()["commit"][:7])
    return any(
        (line["old_rows"], line["new_rows"], line["few"], line["seen"], line["seed"], line["commit"][:7]) == asked
        for line in all_lines()
    )


def table() -> str:
    """A line for each case and commit: means over the seeds."""
    keys = ("old_rows", "new_rows", "few", "seen")
    cases: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for line in all_lines():
        cases.setdefault((*(line[key] for key in keys), line["commit"][:7]), []).append(line)
    shown = [
        "| rows of each old label | of the new one | beside them, of each old label | old labels before | after | get the new label | its recall | commit |",
        "|---:|---:|---|---:|---:|---:|---:|---|",
    ]
    for (old, new, few, seen, commit), own in cases.items():
        figures = [
            f"{100 * np.mean([line[key] for line in own]):.1f} %" for key in ("before", "old", "taken", "recall")
        ]
        beside = f"{few} that the model was trained on" if seen else f"{few} others"
        shown.append(f"| {old} | {new} | {beside} | {' | '.join(figures)} | {commit} |")
    return "\n".join(shown) + "\n"


def main() -> None:
    """Record what is missing, each run written as soon as it is done, then the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--old", type=int, default=150, help="rows of each old label that the model is trained on")
    parser.add_argument("--new", type=int, default=80, help="rows of the new label")
    parser.add_argument("--few", type=int, nargs="+", default=[10, 20, 50], help="rows of each old label beside them")
    parser.add_argument("--seeds", type=int, default=1)
    for line in runs(parser.parse_args()):
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print({key: line[key] for key in ("few", "seen", "before", "old", "taken", "recall", "seconds")}, flush=True)
    write_table("new_label.py", table(), PAGE)


if __name__ == "__main__":
    main()
