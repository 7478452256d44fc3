"""Every kind of question: what is an answer, and what is said of answers."""

from __future__ import annotations

import json

import numpy as np
import pytest

from reread.errors import ConfigError, DataError
from reread.label.figures import Distance, Share, distance
from reread.label.label_file import read_line
from reread.label.questions import questions
from reread.label.questions.multilabel import Multilabel
from reread.label.questions.numbers import Numbers
from support.labelling import KINDS


def test_all_kinds_are_tried_here() -> None:
    assert sorted(KINDS) == questions.names()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("said", [None, "none of them", True, {}, ["low", "none"], [["low"]], float("nan"), 11, -0.5])
def test_what_is_no_answer_is_refused(kind: str, said: object) -> None:
    with pytest.raises(DataError):
        KINDS[kind].check(said)


def test_equal_answers_are_equal() -> None:
    assert KINDS["multilabel"].check(["high", "low", "high"]) == KINDS["multilabel"].check(("low", "high"))
    assert KINDS["numbers"].check(3) == KINDS["numbers"].check(3.0)
    assert KINDS["numbers"].fields(KINDS["numbers"].check(3.0)) == {"target": 3}


def test_lines_of_another_question_are_refused() -> None:
    said = {"row": 1, "text": "a", "by": "", "at": ""}
    other = json.dumps({**said, "label": "low", "ordinal_order": "high,low"}).encode()
    with pytest.raises(DataError, match="its classes are in the order high,low, not low,middle,high"):
        read_line(other, KINDS["ordinal"], "here")
    with pytest.raises(DataError, match="here: is no label; expected a JSON object with row, text and target"):
        read_line(other, KINDS["numbers"], "here")
    with pytest.raises(DataError, match="several labels of a text are a list"):
        read_line(other, KINDS["multilabel"], "here")


def test_the_least_sure_label_of_several_decides() -> None:
    question = Multilabel(["a", "b"])
    task = question.task([("a",), ("b",)])
    assert task is not None
    logits = np.array([[3.0, -3.0], [3.0, 0.1], [0.5, 3.0]])
    sureness = question.sureness(task, logits)
    assert sureness is not None
    assert np.argsort(sureness).tolist() == [1, 2, 0]


def test_of_numbers_it_is_said_how_far_they_are_apart() -> None:
    found = KINDS["numbers"].figure([(1.0, 2.0), (5.0, 2.0), (3.0, 3.0)])
    assert isinstance(found, Distance)
    assert (found.mean, found.of) == (pytest.approx(4 / 3), 3)
    assert 0 <= found.low < found.mean < found.high <= 3
    assert KINDS["numbers"].figure([(1.0, 2.0)]) is None
    assert isinstance(KINDS["classes"].figure([("low", "low")]), Share)
    assert KINDS["classes"].figure([]) is None


def test_the_interval_of_a_distance_holds_the_true_mean() -> None:
    random = np.random.default_rng(0)
    found = [distance(random.uniform(-1, 1, 100)) for _ in range(200)]
    assert sum(each is not None and each.low <= 0.5 <= each.high for each in found) > 176  # of 190 expected


@pytest.mark.parametrize("limits", [(1, 1), (5, 1), (0, float("inf")), (float("nan"), 1)])
def test_numbers_need_two_limits(limits: tuple[float, float]) -> None:
    with pytest.raises(ConfigError, match="expected two finite ones"):
        Numbers(*limits)
