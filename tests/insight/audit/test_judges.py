from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from reread.errors import MissingExtraError
from reread.insight.audit.judges import judge_of
from reread.insight.audit.judges.base import Wrong
from reread.tasks import Task
from reread.tasks.classification import Classification
from reread.tasks.multilabel import Multilabel
from reread.tasks.regression import Regression


def judged(task: Task, targets: Sequence[Any], answers: np.ndarray) -> list[Wrong]:
    return judge_of(task).find(task, targets, answers)


def sure_of(classes: np.ndarray, width: int, random: np.random.Generator) -> np.ndarray:
    """Probabilities of a good model: 0.9 to 0.99 for the true class."""
    sure = random.uniform(0.9, 0.99, len(classes))
    chances = np.repeat(((1 - sure) / (width - 1))[:, None], width, axis=1)
    chances[np.arange(len(classes)), classes] = sure
    return chances


def test_flipped_classes_are_found_with_their_true_class_the_worst_first() -> None:
    random, names = np.random.default_rng(0), ("a", "b", "c")
    true = random.integers(0, 3, 300)
    labels, flipped = true.copy(), np.arange(0, 300, 20)
    labels[flipped] = (true[flipped] + 1) % 3
    found = judged(Classification(names), [names[k] for k in labels], sure_of(true, 3, random))
    assert {wrong.place for wrong in found} <= set(flipped.tolist())
    assert len(found) > 0.8 * len(flipped)  # their number is an estimate
    assert all(wrong.suggested == names[true[wrong.place]] for wrong in found)
    assert [wrong.score for wrong in found] == sorted(wrong.score for wrong in found)


def test_a_label_too_much_or_too_few_is_found_and_the_mended_list_suggested() -> None:
    random, names = np.random.default_rng(0), ("a", "b", "c")
    true = random.random((400, 3)) < 0.4
    given, changed = true.copy(), np.arange(0, 400, 25)
    given[changed, 1] ^= True
    chances = np.where(true, random.uniform(0.95, 0.99, true.shape), random.uniform(0.01, 0.05, true.shape))
    lists = [[names[k] for k in np.flatnonzero(row)] for row in given]
    found = judged(Multilabel(names), lists, chances)
    assert {wrong.place for wrong in found} <= set(changed.tolist())
    assert len(found) > 0.8 * len(changed)
    assert all(wrong.suggested == [names[k] for k in np.flatnonzero(true[wrong.place])] for wrong in found)


def test_numbers_far_from_their_prediction_are_found() -> None:
    random = np.random.default_rng(0)
    predicted = random.normal(3, 1, 500)
    targets = predicted + random.normal(0.3, 0.1, 500)  # a bias of all predictions makes none of them wrong
    targets[[7, 11]] += [2.0, -1.0]
    found = judged(Regression(0, 1), targets.tolist(), predicted[:, None])
    assert [wrong.place for wrong in found][:2] == [7, 11]
    assert len(found) < 5
    assert [wrong.suggested for wrong in found][:2] == pytest.approx(predicted[[7, 11]].tolist())
    assert all(0 <= wrong.score < 0.001 for wrong in found)
    assert judged(Regression(0, 1), [1.0, 1.0], np.ones((2, 1))) == []


def test_numbers_beyond_every_chance_are_ordered_too() -> None:
    targets, predicted = np.random.default_rng(0).normal(0, 1, 200), np.zeros((200, 1))
    targets[[5, 6, 7]] = [200.0, 400.0, 300.0]
    found = judged(Regression(0, 1), targets.tolist(), predicted)
    assert [wrong.place for wrong in found][:3] == [6, 7, 5]
    assert [wrong.score for wrong in found][:3] == [0, 0, 0]


def test_a_class_without_rows_or_without_a_chance_disturbs_nothing() -> None:
    random, names = np.random.default_rng(0), ("a", "b", "c")
    true = random.integers(0, 2, 100)
    labels = true.copy()
    labels[7] ^= 1
    chances = sure_of(true, 3, random)
    chances[7] = [0, 0, 1]
    found = judged(Classification(names), [names[k] for k in labels], chances)
    assert [(wrong.place, wrong.suggested) for wrong in found] in ([], [(7, "c")])
    assert judged(Classification(names), ["a", "a"], chances[:2]) == []


def test_a_missing_library_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cleanlab.filter", None)
    with pytest.raises(MissingExtraError, match=r'judging labels needs an extra: pip install "reread\[audit\]"'):
        judged(Classification(["a", "b"]), ["a", "b"], np.full((2, 2), 0.5))
