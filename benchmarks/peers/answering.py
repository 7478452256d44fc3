"""What a side of benchmarks/speed/scoring.py does that answers in an environment of its own. Nothing of reread is imported here.

A side's script ends with `answer(load)`, where `load(network)` makes a function from texts to scores (texts, classes). It is started as
`python SCRIPT FOLDER`, FOLDER holding settings.json, vocabulary.json (words, most frequent first) and network.npz (the arrays of torch_loop.Net by their
names). Then it reads a JSON list of texts a line, and writes their scores and what they took by each clock, until there is no line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from contract import Settings, Words, words_and_marks
from numpy.typing import NDArray

Score = Callable[[list[str]], NDArray[Any]]


@dataclass(frozen=True)
class Network:
    """A trained network and its words: 0 is padding, 1 any other word."""

    settings: Settings
    words: Words
    arrays: dict[str, NDArray[np.float32]]

    @classmethod
    def read(cls, folder: Path) -> Network:
        """What scoring.py wrote."""
        settings = Settings(**json.loads((folder / "settings.json").read_text(encoding="utf-8")))
        words = Words(words_and_marks, (), settings)
        tokens = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        words.numbers = {token: k for k, token in enumerate(tokens, start=2)}
        with np.load(folder / "network.npz") as arrays:
            return cls(settings, words, dict(arrays))


def answer(load: Callable[[Network], Score]) -> None:
    """Answer what is read until its end."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    score = load(Network.read(Path(sys.argv[1])))
    for line in sys.stdin:
        texts = json.loads(line)
        wall, processor = time.perf_counter(), time.process_time()
        scores = np.asarray(score(texts))
        took = {"seconds": time.perf_counter() - wall, "processor_seconds": time.process_time() - processor}
        print(json.dumps({"scores": scores.tolist(), "took": took}), file=out, flush=True)
