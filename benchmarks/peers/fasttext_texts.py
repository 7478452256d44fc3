"""No recurrence: fastText's classifier, the mean of a text's word and word-pair vectors, as its tutorial trains it.

Each training is a whole one, of the tutorial's 25 passes, whatever the epochs: it is judged once. Words are the tutorial's too: lower case,
marks apart.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import fasttext
from contract import Judge, Settings, compete

MARKS = re.compile(r"([.!?,'/()])")
PASSES = 25


def line(text: str) -> str:
    """A text as fastText reads it."""
    return " ".join(MARKS.sub(r" \1 ", text.lower()).split())


def fit(texts: list[str], labels: list[int], settings: Settings, judge: Judge) -> None:
    """Train."""
    lines = [line(text) for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.txt"
        rows = (f"__label__{label} {text}\n" for text, label in zip(lines, labels, strict=True))
        file.write_text("".join(rows), encoding="utf-8")
        model = fasttext.train_supervised(
            str(file), lr=1.0, epoch=PASSES, wordNgrams=2, thread=settings.threads, seed=settings.seed, verbose=0
        )

    def predict(texts: list[str]) -> list[int]:
        return [int(found[0].removeprefix("__label__")) for found in model.predict([line(text) for text in texts])[0]]

    judge(predict, PASSES * sum(len(text.split()) for text in lines))


if __name__ == "__main__":
    compete(fit)
