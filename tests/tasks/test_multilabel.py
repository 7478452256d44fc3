from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from reread.errors import ConfigError, DataError
from reread.tasks import task_from_config
from reread.tasks.multilabel import Multilabel


def test_lists_become_a_matrix_and_come_back() -> None:
    targets = [["joy", "love"], [], ["anger"]]
    task = Multilabel.fit(targets)
    assert task.classes == ("anger", "joy", "love")
    encoded = task.encode(targets)
    assert encoded.tolist() == [[0, 1, 1], [0, 0, 0], [1, 0, 0]]
    assert task.predict(encoded * 8 - 4) == [["joy", "love"], [], ["anger"]]


@pytest.mark.parametrize("labels", [["b", "a"], ("b", "a"), {"a", "b"}, np.array(["a", "b"]), ["a", "b", "a"]])
def test_any_collection_of_labels_will_do(labels: Any) -> None:
    assert Multilabel(["a", "b"]).encode([labels]).tolist() == [[1, 1]]


def test_each_label_has_its_threshold() -> None:
    task = Multilabel(["a", "b"], thresholds=[0.2, 0.9])
    assert task.predict(np.zeros((1, 2))) == [["a"]]
    assert task_from_config(task.to_config()).predict(np.zeros((1, 2))) == [["a"]]


@pytest.mark.parametrize("thresholds", [[0.5], [0.5, 1.5], [0.5, -0.1], [0.5, float("nan")]])
def test_thresholds_that_cannot_be_used(thresholds: list[float]) -> None:
    with pytest.raises(ConfigError, match="there must be one from 0 to 1 for each of 2 labels"):
        Multilabel(["a", "b"], thresholds)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (["a", "b"], "'a' is not a list; multilabel needs a list of labels for each text, empty for none"),
        ([["a"], None], "None is not a list; multilabel needs a list of labels for each text, empty for none"),
        ([["a"], []], 'every label is "a"; at least two classes are needed'),
        ([[], []], "there are no labels to learn from; at least two classes are needed"),
        ([["a"], ["b", 1]], "the labels mix numbers (1) and text ('a'); make all of them one kind"),
        ([["a"], ["b", None]], "a label is missing (None); every text needs one"),
        (
            np.eye(3),
            "targets of shape (3, 3); multilabel needs a list of labels per text, not a matrix",
        ),
    ],
)
def test_targets_that_cannot_be_learned(targets: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        Multilabel.fit(targets)
    assert str(caught.value) == message
