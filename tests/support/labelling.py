"""Texts to label whose right labels are known, and where labels are kept."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reread.data.read import open_rows
from reread.label.labelling import Labelling
from reread.label.opening import open_labelling
from reread.label.questions import Question
from reread.label.questions.classes import Classes
from reread.label.questions.multilabel import Multilabel
from reread.label.questions.numbers import Numbers
from reread.label.questions.ordinal import Ordinal
from reread.label.texts import Texts, read_texts
from support.command_line import BLAME, PRAISE

CLASSES = ["pos", "neg"]
ONE_OF = Classes(CLASSES)
THREE = ["low", "middle", "high"]
KINDS: dict[str, Question] = {
    "classes": Classes(THREE),
    "multilabel": Multilabel(THREE),
    "numbers": Numbers(0, 10),
    "ordinal": Ordinal(THREE),
}


def write_texts(path: Path, rows: int = 60) -> Path:
    """A CSV file of praise and blame in turn, without labels."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "text"])
        writer.writerows([k, f"{(PRAISE, BLAME)[k % 2][k % 3]}, take {k}"] for k in range(rows))
    return path


def true_label(row: int) -> str:
    """The class of a row of `write_texts`, from 1."""
    return CLASSES[(row - 1) % 2]


def other_label(row: int) -> str:
    """The class that it has not."""
    return true_label(row + 1)


def texts_of(path: Path) -> Texts:
    return read_texts(open_rows(path), "text")


@contextmanager
def labelling(
    data: Path, out: Path, question: Question = ONE_OF, *, seed: int = 0, share: float = 0, by: str = "Ada"
) -> Iterator[Labelling]:
    """One that is open; ``share``: how often a text is asked about again."""
    with open_labelling(texts_of(data), question, out, by=by, repeat=share, seed=seed) as opened:
        yield opened
