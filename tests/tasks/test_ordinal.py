from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import DataError
from reread.tasks.ordinal import Ordinal


@pytest.mark.parametrize(
    ("targets", "order", "classes"),
    [
        ([3, 1, 2], None, (1, 2, 3)),
        (["10", "9", "2"], None, ("2", "9", "10")),
        (["good", "bad", "ok"], ["bad", "ok", "good"], ("bad", "ok", "good")),
        ([1, 2, 3], ["3", "2", "1"], (3, 2, 1)),
        (["bad", "good"], ["bad", "ok", "good"], ("bad", "ok", "good")),
    ],
)
def test_classes_stand_in_their_order(targets: list[Any], order: list[Any] | None, classes: tuple[Any, ...]) -> None:
    assert Ordinal.fit(targets, order=order).classes == classes


def test_an_order_that_is_only_alphabetical_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Ordinal.fit(["good", "bad"])
    assert caplog.messages == ['ordinal labels in sorted order: "bad" < "good"; name the order if another is meant']


def test_text_that_only_reads_like_a_number_has_no_size() -> None:
    assert Ordinal.fit(["2", "nan", "10"]).classes == ("10", "2", "nan")


def test_a_label_that_the_order_lacks() -> None:
    with pytest.raises(DataError, match=r'^unknown label "ok"; the classes are "bad", "good"$'):
        Ordinal.fit(["good", "bad", "ok"], order=["bad", "good"])


def test_the_prediction_is_the_median_class() -> None:
    task = Ordinal([1, 2, 3, 4])
    above = np.array([[0.9, 0.6, 0.2], [0.4, 0.3, 0.1], [0.9, 0.8, 0.7]])
    scores = np.log(above / (1 - above))
    assert task.predict(scores) == [3, 1, 4]
    assert task.probabilities(scores)[0] == pytest.approx([0.1, 0.3, 0.4, 0.2])


@given(st.lists(st.floats(-50, 50), min_size=4, max_size=4))
def test_chances_are_chances_even_where_scores_cross(scores: list[float]) -> None:
    task = Ordinal([1, 2, 3, 4, 5])
    chances = task.probabilities([scores])
    assert (chances >= 0).all()
    assert chances.sum() == pytest.approx(1)
    medians = [1 + int((np.cumsum(chances[0]) < half).sum()) for half in (0.5 - 1e-12, 0.5 + 1e-12)]
    assert medians[0] <= task.predict([scores])[0] <= medians[1]


def test_scores_that_cross_rule_no_class_out() -> None:
    task = Ordinal([1, 2, 3, 4])
    crossing, falling = [0.5, -1.0, 0.25], [0.5, 0.25, -1.0]
    np.testing.assert_array_equal(task.probabilities([crossing]), task.probabilities([falling]))
    np.testing.assert_array_equal(task.log_odds([crossing]), [falling])
    encoded = task.encode([2])
    np.testing.assert_array_equal(task.losses(encoded, np.array([crossing])), task.losses(encoded, np.array([falling])))
    assert task.predict([crossing]) == task.predict([falling]) == [3]
    for at_least, log_odds in zip([2, 3, 4], falling, strict=True):
        assert task.aim(crossing, at_least).of([crossing]) == log_odds


def test_an_error_counts_by_its_steps() -> None:
    task = Ordinal(["low", "middle", "high"])
    near, far = (task.metrics(["low", "high"], scores) for scores in ([[-1, -1], [1, -1]], [[-1, -1], [-1, -1]]))
    assert (near["mae"], far["mae"]) == (0.5, 1.0)
    assert near["quadratic_kappa"] > far["quadratic_kappa"]
