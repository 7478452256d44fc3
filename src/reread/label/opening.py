"""A labelling on its files, which no other process can open meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reread.label.label_file import open_labels
from reread.label.labelling import Labelling
from reread.label.questions import Question
from reread.label.repeats import SHARE, Repeats, beside
from reread.label.texts import Texts


@contextmanager
def open_labelling(
    texts: Texts, question: Question, path: Path, *, by: str, repeat: float = SHARE, seed: int = 0
) -> Iterator[Labelling]:
    """Labelling that is gone on with, or begun.

    Args:
        texts: to label.
        question: what is asked about each.
        path: the file of labels; that of second answers is beside it.
        by: who labels.
        repeat: how often a text is asked about again, of those drawn at random.
        seed: of the order of the texts.

    Raises:
        ConfigError: another process has a file open.
        DataError: a file holds something else than labels, answers to another question, or labels of other texts.
        OSError: a file cannot be opened.
    """
    with open_labels(path, question) as file, open_labels(beside(path), question, keep_empty=False) as second:
        yield Labelling(texts, question, file, by=by, repeats=Repeats(second, by, repeat, seed), seed=seed)
