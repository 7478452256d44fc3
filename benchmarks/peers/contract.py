"""What every side of benchmarks/speed/training.py does around its own training. Nothing of reread is imported here.

A side's script ends with `compete(fit)`, where `fit(texts, labels, settings, judge)` trains on texts and their classes, calls
`judge(predict, words)` when an epoch is over, the judge's clock standing still until it has the answers, and has one thread for each core that it is given.
The script is started as `python SCRIPT FOLDER`, FOLDER holding rows.json and settings.json, and leaves result.json there.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from itertools import chain
from pathlib import Path
from typing import Any

LIBRARIES = (
    "reread", "torch", "skorch", "keras", "jax", "tensorflow_cpu", "flair", "fasttext", "scikit-learn", "numpy",
)  # fmt: skip
TOKEN = re.compile(r"\w+|[^\w\s]")
Predict = Callable[[list[str]], Iterable[int]]


@dataclass(frozen=True)
class Settings:
    """The network and its training, the same for all; ``options`` are a side's own."""

    classes: int
    threads: int = 1
    seed: int = 0
    epochs: int = 1
    batch: int = 64
    words: int = 400
    vocabulary: int = 30_000
    dim: int = 200
    hidden: int = 128
    rate: float = 1e-3
    options: dict[str, Any] = field(default_factory=dict)


class Judge:
    """Lets a network answer the rows held out, and says what it took to get there."""

    def __init__(self, texts: list[str], labels: list[int]) -> None:
        self.texts, self.labels, self.found = texts, labels, list[dict[str, float]]()
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def __call__(self, predict: Predict, words: int) -> None:
        """Judge the network as it is, after training on so many real words, all epochs together."""
        wall, processor = time.perf_counter(), time.process_time()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        answers = list(predict(self.texts))
        scored = time.perf_counter() - wall
        right = sum(int(answer) == label for answer, label in zip(answers, self.labels, strict=True))
        self.found.append({
            "seconds": round(wall - self._wall, 3), "processor_seconds": round(processor - self._processor, 3), "words": words,
            "peak_mib": round(peak), "accuracy": right / len(answers), "scored_per_second": round(len(answers) / scored, 1),
        })  # fmt: skip
        self._wall += time.perf_counter() - wall
        self._processor += time.process_time() - processor


def compete(fit: Callable[[list[str], list[int], Settings, Judge], None]) -> None:
    """Read the rows, train, write what the judge found."""
    folder = Path(sys.argv[1])
    rows = json.loads((folder / "rows.json").read_text(encoding="utf-8"))
    settings = Settings(**json.loads((folder / "settings.json").read_text(encoding="utf-8")))
    judge = Judge(*rows["held_out"])
    fit(*rows["train"], settings, judge)
    result = {"epochs": judge.found, "versions": versions(), "cores": len(os.sched_getaffinity(0))}
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


def versions() -> dict[str, str]:
    """Of the libraries that are here."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def words_and_marks(text: str) -> list[str]:
    """Lower-case words and marks, as tutorials cut them with a regular expression."""
    return TOKEN.findall(text.lower())


class Words:
    """Words to ids as tutorials have it: the most frequent ones from 2, 0 is padding and 1 any other word."""

    def __init__(self, split: Callable[[str], list[str]], texts: Iterable[str], settings: Settings) -> None:
        self.split, self.limit = split, settings.words
        counts = Counter(chain.from_iterable(map(split, texts)))
        self.numbers = {word: k for k, (word, _) in enumerate(counts.most_common(settings.vocabulary - 2), start=2)}

    def ids(self, text: str) -> list[int]:
        """The ids of a text, at least one."""
        return [self.numbers.get(word, 1) for word in self.split(text)[: self.limit]] or [1]

    def padded(self, texts: Sequence[str]) -> list[list[int]]:
        """All texts filled up to the limit."""
        return [ids + [0] * (self.limit - len(ids)) for ids in map(self.ids, texts)]
