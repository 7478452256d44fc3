from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError, DataError
from reread.tasks import task_from_config, tasks
from reread.tasks.classification import Classification


@pytest.mark.parametrize(
    ("targets", "classes"),
    [
        (["spam", "ham", "spam"], ["ham", "spam"]),
        ([10, 9, 10], [9, 10]),
        ([True, False], [False, True]),
        ([1, 2.5], [1.0, 2.5]),
        (np.array([2, 1, 2]), [1, 2]),
        (np.array(["b", "a"]), ["a", "b"]),
        (np.array([True, False]), [False, True]),
        (["好", "差"], ["好", "差"]),
    ],
)
def test_classes_are_learned_sorted_as_plain_python(targets: Any, classes: list[Any]) -> None:
    task = Classification.fit(targets)
    assert list(task.classes) == classes
    assert [type(label) for label in task.classes] == [type(label) for label in classes]


def test_scores_become_names_and_probabilities() -> None:
    task = Classification(["a", "b", "c"])
    columns = task.columns(np.log([[0.2, 0.5, 0.3], [0.7, 0.2, 0.1]]))
    assert columns["prediction"] == ["b", "a"]
    assert list(columns) == ["prediction", "probability:a", "probability:b", "probability:c"]
    assert columns["probability:b"] == pytest.approx([0.5, 0.2])


def test_large_scores_do_not_overflow() -> None:
    assert Classification(["a", "b"]).probabilities([[1e4, -1e4]]).tolist() == [[1.0, 0.0]]


def test_a_label_is_known_by_its_text_too() -> None:
    assert Classification([0, 1]).encode(["1", "0"]).tolist() == [[1], [0]]
    assert Classification(["0", "1"]).encode([1, 0]).tolist() == [[1], [0]]


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([], "there are no labels to learn from; at least two classes are needed"),
        (["ham", "ham"], 'every label is "ham"; at least two classes are needed'),
        (["ham", 1], "the labels mix numbers (1) and text ('ham'); make all of them one kind"),
        ([True, 0], "the labels mix numbers (0) and true/false (True); make all of them one kind"),
        (["ham", None], "a label is missing (None); every text needs one"),
        ([1.0, math.nan], "a label is missing (nan); every text needs one"),
        ([1.0, math.inf], "a label is inf (float); a label must be text, a number or true/false"),
        ([b"a", b"b"], "a label is b'a' (bytes); a label must be text, a number or true/false"),
        ([["a"], "b"], "a label is a list, ['a']; several labels per text need the task multilabel"),
    ],
)
def test_targets_that_cannot_be_learned(targets: list[Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        Classification.fit(targets)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("spma", 'unknown label "spma"; the classes are "ham", "spam"; did you mean "spam"?'),
        (7, 'unknown label 7; the classes are "ham", "spam"'),
        (None, "a label is missing (None); every text needs one"),
        (["spam"], "a label is a list, ['spam']; several labels per text need the task multilabel"),
    ],
)
def test_labels_that_no_class_has(label: Any, message: str) -> None:
    with pytest.raises(DataError) as caught:
        Classification(["ham", "spam"]).metrics(["ham", label], np.zeros((2, 2)))
    assert str(caught.value) == message


def test_many_classes_are_not_all_listed() -> None:
    with pytest.raises(DataError, match=r"the classes are 0, 1, 2, 3, 4, 5, 6, 7 and 92 more$"):
        Classification(range(100)).encode(["x"])


@pytest.mark.parametrize("scores", [np.zeros((2, 3)), np.zeros(2), np.zeros((1, 2))])
def test_scores_of_another_shape_are_refused(scores: Any) -> None:
    with pytest.raises(DataError, match="scores"):
        Classification(["a", "b"]).metrics(["a", "b"], scores)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, r'a task\'s configuration needs "task", one of classification, .*; got \[\]'),
        ({"task": "clasification"}, 'unknown task "clasification". Did you mean "classification".*'),
        ({"task": "classification"}, 'the configuration of task "classification" does not fit it: .*'),
        ({"task": "classification", "classes": ["a", "b"], "k": 1}, ".* does not fit it: .*'k'"),
    ],
)
def test_configurations_that_describe_no_task(config: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{message}$"):
        task_from_config(config)


def test_a_class_stands_once() -> None:
    with pytest.raises(DataError, match='class "a" appears twice'):
        task_from_config({"task": "classification", "classes": ["a", "b", "a"]})


def test_tasks_are_found_by_name() -> None:
    assert tasks.names() == ["classification", "joint", "multilabel", "ordinal", "regression"]


@pytest.mark.parametrize(
    "targets",
    [
        [5, 1, 4, 3],
        [4.5, 1.0, 3.5, 3.0],
        ["5", "1.0", " 4 ", "3"],
        np.array([5, 1, 4, 3], dtype=np.int8),
        np.array(["5", "1", "4", "3"]),
        ["positive", "negative", "positive", "negative"],
        [5, "negative", "4", 3.0],
    ],
)
def test_numbers_above_one_are_of_the_second_class(targets: Any) -> None:
    task = Classification.fit(targets, above=3)
    assert task.classes == ("negative", "positive")
    assert task.encode(targets).tolist() == [[1], [0], [1], [0]]


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-1e6, 1e6))
def test_a_number_and_its_text_are_on_one_side(number: float, above: float) -> None:
    task = Classification(["low", "high"], above)
    side = [[float(number > above)]]
    assert task.encode([number]).tolist() == task.encode([str(number)]).tolist() == side


def test_the_sides_have_names_of_ones_own() -> None:
    task = Classification.fit([1, 5], above=2.5, classes=["bad", "good"])
    assert task.predict([[0.0, 1.0], [1.0, 0.0]]) == ["good", "bad"]
    assert task.metrics([4, "2"], [[0.0, 1.0], [1.0, 0.0]])["accuracy"] == 1


def test_what_parts_numbers_comes_back_from_a_configuration() -> None:
    task = Classification.fit([1, 5], above=3)
    config = task.to_config()
    assert config == {"task": "classification", "classes": ["negative", "positive"], "above": 3}
    again = task_from_config(json.loads(json.dumps(config)))
    assert again.to_config() == config
    assert again.encode([3, 4]).tolist() == [[0], [1]]
    assert "above" not in Classification.fit([1, 5]).to_config()


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([1, 2, 3], "no target is above 3; both classes are needed"),
        (["4", 5.0], "no target is at most 3; both classes are needed"),
        (["negative", "negative"], "no target is above 3; both classes are needed"),
        ([], "no target is above 3; both classes are needed"),
        ([1, "five"], 'label "five" is neither a number, which above = 3 needs, nor one of "negative", "positive"'),
        (["1", "nan"], 'label "nan" is neither a number, which above = 3 needs, nor one of "negative", "positive"'),
        (["inf", "1"], 'label "inf" is neither a number, which above = 3 needs, nor one of "negative", "positive"'),
        ([1, None], "a label is missing (None); every text needs one"),
        ([5.0, math.nan], "a label is missing (nan); every text needs one"),
        ([5, [1]], "a label is a list, [1]; several labels per text need the task multilabel"),
    ],
)
def test_targets_that_cannot_be_parted(targets: list[Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        Classification.fit(targets, above=3)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"above": "3"}, "above = '3': expected a number, such as 3"),
        ({"above": True}, "above = True: expected a number, such as 3"),
        ({"above": math.nan}, "above = nan: expected a number, such as 3"),
        ({"above": 3, "classes": ["a", "b", "c"]}, 'above = 3 splits numbers into two classes, not into "a", "b", "c"'),
        (
            {"above": 3, "classes": [0, 1]},
            "above = 3 splits numbers, so its classes 0, 1 cannot be numbers; use names .*",
        ),
        (
            {"above": 3, "classes": [False, True]},
            "above = 3 splits numbers, so its classes False, True cannot be numbers; .*",
        ),
        (
            {"above": 3, "classes": ["1", "2"]},
            'above = 3 splits numbers, so its classes "1", "2" cannot be numbers; .*',
        ),
        ({"classes": ["a", "b"]}, 'classes = "a", "b" name the two sides of a threshold; set above = NUMBER too'),
    ],
)
def test_options_that_part_nothing(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{message}$"):
        Classification.fit([1, 5], **options)
