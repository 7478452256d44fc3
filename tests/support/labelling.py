"""Texts to label whose right labels are known, and where labels are kept."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reread.data.read import open_rows
from reread.label.label_file import open_labels
from reread.label.labelling import Labelling
from reread.label.texts import Texts, read_texts
from support.command_line import BLAME, PRAISE

CLASSES = ["pos", "neg"]


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


def texts_of(path: Path) -> Texts:
    return read_texts(open_rows(path), "text")


@contextmanager
def labelling(data: Path, out: Path, classes: list[str] | None = None, seed: int = 0) -> Iterator[Labelling]:
    with open_labels(out) as file:
        yield Labelling(texts_of(data), classes or CLASSES, file, by="Ada", seed=seed)
