from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import DataError
from reread.tasks.metrics import expected_calibration_error, reliability

CHANCES = st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.8, 0.95, 1.0]), st.booleans()), min_size=1, max_size=60)


def test_by_hand() -> None:
    """Two bins of two rows: 0.2 and 0.4 with one right, 0.8 and 1.0 with both right."""
    confidence, right = [0.8, 0.2, 1.0, 0.4], [True, False, True, True]
    found = reliability(confidence, right, bins=2)
    assert found.confidence == pytest.approx([0.3, 0.9])
    assert found.right == pytest.approx([0.5, 1.0])
    assert found.rows == pytest.approx([2, 2])
    assert expected_calibration_error(confidence, right, bins=2) == pytest.approx((2 * 0.2 + 2 * 0.1) / 4)


def test_bins_hold_equally_many_rows_where_confidence_crowds() -> None:
    confidence = 1 - np.random.default_rng(0).random(1500) ** 4 / 2
    assert np.mean(confidence > 1 - 1 / 15) > 0.5, "else equal widths would do"
    assert reliability(confidence, confidence > 0.9).rows == pytest.approx([100] * 15)


def test_what_says_how_often_it_is_right_has_little_error_and_what_boasts_much() -> None:
    random = np.random.default_rng(0)
    chances = random.uniform(0.5, 1, 20_000)
    right = random.random(20_000) < chances
    assert expected_calibration_error(chances, right) < 0.02
    assert expected_calibration_error(np.full(20_000, 0.99), right) == pytest.approx(0.24, abs=0.02)


@given(CHANCES, st.integers(1, 20), st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[tuple[float, bool]], bins: int, random: Random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    first, second = (reliability(*zip(*each, strict=True), bins=bins) for each in (rows, shuffled))
    for one, other in zip(first, second, strict=True):
        assert one == pytest.approx(other)
    assert first.rows.sum() == pytest.approx(len(rows))
    assert (first.rows > 0).all()
    assert (np.diff(first.confidence) > 0).all()


@given(CHANCES)
def test_a_weight_counts_as_so_many_rows(rows: list[tuple[float, bool]]) -> None:
    confidence, right = map(list, zip(*rows, strict=True))
    weights = [k % 3 for k in range(len(rows))]
    repeated = [row for row, weight in zip(rows, weights, strict=True) for _ in range(weight)]
    found = expected_calibration_error(confidence, right, weights)
    if not repeated:
        assert math.isnan(found)
        return
    assert found == pytest.approx(expected_calibration_error(*map(list, zip(*repeated, strict=True))))


def test_no_rows_have_no_error_and_wrong_weights_are_told() -> None:
    assert math.isnan(expected_calibration_error([], []))
    assert reliability([], []).rows.size == 0
    with pytest.raises(DataError, match="weights of shape"):
        expected_calibration_error([0.5], [True], [1, 1])
