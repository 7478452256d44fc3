"""What the linear member makes of some labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reread.label.accuracy import LAST, running_accuracy
from reread.label.label_file import Label
from reread.label.learning import learn, suggestions_before
from support.labelling import CLASSES, texts_of, true_label, write_texts


def labels(folder: Path, rows: int) -> list[Label]:
    texts = texts_of(write_texts(folder / "texts.csv", rows))
    return [Label(row, text, true_label(row), "Ada", "") for row, text in zip(texts.rows, texts.texts, strict=True)]


def test_it_learns_from_two_classes_on(tmp_path: Path) -> None:
    given = labels(tmp_path, 40)
    assert learn(given[:1], CLASSES, "en") is None
    assert learn(given[::2], CLASSES, "en") is None  # of one class
    learned = learn(given[:20], [*CLASSES, "none yet"], "en")
    assert learned is not None
    said = learned.suggestions([each.text for each in given[20:]])
    assert [each.label for each in said] == [each.label for each in given[20:]]
    assert all(each.probability is not None and 1 / 3 < each.probability < 1 for each in said)


def test_the_least_sure_texts_come_first(tmp_path: Path) -> None:
    learned = learn(labels(tmp_path, 40), CLASSES, "en")
    assert learned is not None
    texts = ["a lovely warm film", "qqq", "a dull cold film", "a lovely film and a dull film"]
    order = learned.least_sure(texts)
    gaps = np.abs(learned.probabilities(texts) @ [1, -1])[order]
    assert sorted(order) == [0, 1, 2, 3]
    assert (np.diff(gaps) >= 0).all()


def test_what_would_have_been_said_depends_on_no_later_label(tmp_path: Path) -> None:
    given = labels(tmp_path, 40)
    said = suggestions_before(given, CLASSES, "en")
    assert len(said) == 40
    assert said[:2] == [None, None]
    assert said[20:] == [each.label for each in given[20:]]
    wrong = [*given[:20], *(Label(each.row, each.text, CLASSES[0], "", "") for each in given[20:])]
    assert suggestions_before(wrong, CLASSES, "en")[:21] == said[:21]
    assert suggestions_before([], CLASSES, "en") == []


def test_the_running_accuracy_is_that_of_the_last_texts() -> None:
    assert running_accuracy([]) is None
    found = running_accuracy([False] * 10 + [True] * LAST)
    assert found is not None
    assert (found.right, found.of, found.high) == (LAST, LAST, 1)
    assert 0.97 < found.low < 1
