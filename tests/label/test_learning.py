"""What the linear member makes of some labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reread.label.accuracy import running_accuracy
from reread.label.figures import Share
from reread.label.label_file import Label
from reread.label.learning import learn, suggestions_before
from reread.label.questions.classes import Classes
from reread.statistics.shares import exact_interval
from support.labelling import CLASSES, ONE_OF, texts_of, true_label, write_texts


def labels(folder: Path, rows: int) -> list[Label]:
    texts = texts_of(write_texts(folder / "texts.csv", rows))
    return [Label(row, text, true_label(row), "Ada", "") for row, text in zip(texts.rows, texts.texts, strict=True)]


def test_it_learns_from_two_classes_on(tmp_path: Path) -> None:
    given = labels(tmp_path, 40)
    assert learn(given[:1], ONE_OF, "en") is None
    assert learn(given[::2], ONE_OF, "en") is None  # of one class
    learned = learn(given[:20], Classes([*CLASSES, "none yet"]), "en")
    assert learned is not None
    said = learned.suggestions([each.text for each in given[20:]])
    assert [each.label for each in said] == [each.label for each in given[20:]]
    assert all(each.probability is not None and 1 / 3 < each.probability < 1 for each in said)


def test_the_least_sure_texts_come_first(tmp_path: Path) -> None:
    learned = learn(labels(tmp_path, 40), ONE_OF, "en")
    assert learned is not None
    texts = ["a lovely warm film", "qqq", "a dull cold film", "a lovely film and a dull film"]
    order = learned.least_sure(texts)
    gaps = np.abs(np.asarray(learned.task.probabilities(learned.scores(texts))) @ [1, -1])[order]
    assert sorted(order) == [0, 1, 2, 3]
    assert (np.diff(gaps) >= 0).all()


def test_what_would_have_been_said_depends_on_no_later_label(tmp_path: Path) -> None:
    given = labels(tmp_path, 40)
    said = suggestions_before(given, ONE_OF, "en")
    assert len(said) == 40
    assert said[:2] == [None, None]
    assert said[20:] == [each.label for each in given[20:]]
    wrong = [*given[:20], *(Label(each.row, each.text, CLASSES[0], "", "") for each in given[20:])]
    assert suggestions_before(wrong, ONE_OF, "en")[:21] == said[:21]
    assert suggestions_before([], ONE_OF, "en") == []


@pytest.mark.parametrize(
    ("wrong", "right", "expected"), [(3, 7, (7, 10)), (9, 10, (10, 10)), (20, 19, (19, 20)), (500, 300, (200, 200))]
)
def test_the_running_accuracy_is_that_of_the_newer_half(wrong: int, right: int, expected: tuple[int, int]) -> None:
    found = running_accuracy(ONE_OF, [("pos", "neg")] * wrong + [("neg", "neg")] * right)
    assert isinstance(found, Share)
    assert (found.right, found.of) == expected
    assert (found.low, found.high) == exact_interval(*expected)


def test_of_a_few_texts_nothing_is_said() -> None:
    assert running_accuracy(ONE_OF, [("pos", "pos")] * 9) is None
