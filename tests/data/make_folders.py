"""Make one small model folder for each kind of answer, which later versions must still open, and write down what each one answers.

    python tests/data/make_folders.py FOLDER        (writes FOLDER/KIND.reread and FOLDER/KIND.json)

Run it when folders get something new to hold, into a new FOLDER: those of older versions stay as they are.
"""

from __future__ import annotations

import json
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from reread import load
from reread.apps.cli.run import run

SETTINGS = (
    "model.hidden=4",
    "model.embedding_dim=4",
    "model.latent=[4]",
    "training.learning_rate=0.02",
    "training.warmup=0",
    "training.batch_size=16",
    "training.validation=0.3",
    "training.window=16",
    "training.least_steps=0",
)
GOOD = {"tedious": 0, "dull": 1, "plain": 2, "bright": 3, "lovely": 4}
THINGS = ("film", "book", "play", "song", "meal", "game")
FORMS = ("A {} {}, all in all.", "I don't know a more {} {}!", "What a {} {}; we talked about it for days.")
ROWS = [
    {
        "text": form.format(word, thing),
        "label": "praise" if good > 2 else "blame" if good < 2 else "neither",
        "labels": [thing, *(["praise"] if good > 2 else [])],
        "grade": ["bad", "poor", "fair", "good", "best"][good],
        "stars": good + 0.25 * THINGS.index(thing),
    }
    for (word, good), thing, form in product(GOOD.items(), THINGS, FORMS)
]
KINDS = {
    "stack": ("--label", "label"),
    "labels": ("--label", "labels", "--decide", "f1"),
    "joint": ("--label", "label", "--target", "stars"),
    "offset": ("--label", "label", "--set", "training.offset=true"),
}
BOTH_COUNT = {"LEAST": 1, "choose_share": lambda *_: (0.4, 0.1, 0.01)}
"""So that the answers kept are those of both members, which so few rows would not choose."""
TEXTS = [
    "a lovely film",
    "A DULL, plain book!",
    "这部电影很好看 (a lovely film)",
    "zyxwvut",
    "!!! ...",
    "the play was bright and lovely, but the meal was tedious and dull; " * 6,
]


def answers(folder: Path) -> dict[str, Any]:
    """What a folder answers to the texts, whatever it can be asked."""
    model = load(folder, threads=1)
    asked = {"scores": model.scores, "predict": model.predict}
    kind = folder.stem
    asked["predict_proba"] = model.predict_proba
    if kind == "joint":
        asked["predict_interval"] = lambda texts: model.predict_interval(texts, 0.5)
    if kind != "labels":
        asked["predict_set"] = lambda texts: model.predict_set(texts, 0.5)
    return {name: plain(ask(TEXTS)) for name, ask in asked.items()}


def plain(value: Any) -> Any:
    """Arrays as lists, as JSON holds them."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if not isinstance(value, np.ndarray):
        return value
    return value.astype(np.float64).round(7).tolist() if value.dtype.kind == "f" else value.tolist()


def main() -> None:
    """Train each of them, and keep what it answers."""
    target = Path(sys.argv[1])
    target.mkdir()
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "opinions.jsonl"
        data.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
        for kind, options in KINDS.items():
            folder = target / f"{kind}.reread"
            settings = [f"--set={each}" for each in SETTINGS]
            fixed = ["--epochs", "12", "--threads", "1", "--device", "cpu", "--quiet", "--no-report"]
            with patch.multiple("reread.pipeline.stacking", **BOTH_COUNT):
                code = run(["train", str(data), "--text", "text", *options, "-o", str(folder), *fixed, *settings])
            if code:
                sys.exit(1)
            told = json.dumps(answers(folder), ensure_ascii=False)
            (target / f"{kind}.json").write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
