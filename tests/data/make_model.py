"""Make the old model folder that later versions must still open, and the answers it gave.

    python tests/data/make_model.py        (writes tests/data/model_v1.reread and model_v1.json)

Run it once for each new format version, under a new name: the folders of older versions stay as they are.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from itertools import product
from pathlib import Path

from reread import load
from reread.apps.cli.run import run
from reread.bundle import FORMAT_VERSION

HERE = Path(__file__).resolve().parent
NAME = f"model_v{FORMAT_VERSION}"
SETTINGS = {
    "model.hidden": 6,
    "model.embedding_dim": 6,
    "model.latent": [6],
    "training.window": 16,
    "training.learning_rate": 0.02,
    "training.warmup": 0,
    "training.batch_size": 16,
    "training.decay": "constant",
    "training.ema": 0.0,
    "model.dropout": 0.1,
}
KINDS = {"praise": ("lovely", "warm", "clever", "bright"), "blame": ("dull", "cold", "clumsy", "tedious")}
THINGS = ("film", "book", "play", "song", "meal", "game")
FORMS = ("A {} {}, all in all.", "I don't know a more {} {}!", "What a {} {}; we talked about it for days.")
TEXTS = [
    "a lovely film",
    "A DULL, cold book!",
    "I don't know",
    "这部电影很好看 (a lovely film)",
    "zyxwvut",
    "!!! ...",
    "the play was warm and clever, but the meal was tedious and clumsy; " * 6,
]


def main() -> None:
    """Train, and keep what it answers."""
    rows = [
        (form.format(word, thing), kind)
        for kind, words in KINDS.items()
        for word, thing, form in product(words, THINGS, FORMS)
    ]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "opinions.csv"
        with data.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("text", "label"), *rows])
        settings = [f"--set={name}={value}" for name, value in SETTINGS.items()]
        if run(
            [
                "train",
                str(data),
                "-o",
                str(HERE / f"{NAME}.reread"),
                "--epochs",
                "12",
                "--threads",
                "1",
                "--device",
                "cpu",
                "--quiet",
                *settings,
            ]
        ):
            sys.exit(1)
    model = load(HERE / f"{NAME}.reread", threads=1)
    scores = model.scores(TEXTS)
    answers = [
        {"text": text, "prediction": prediction, "scores": [round(float(score), 7) for score in row]}
        for text, prediction, row in zip(TEXTS, model.predict(TEXTS), scores, strict=True)
    ]
    (HERE / f"{NAME}.json").write_text(json.dumps(answers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
