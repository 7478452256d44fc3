from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from reread.insight.report import resampling
from reread.insight.report.resampling import FEWEST, effective_rows, mean_average_precision, resampled, wilson
from reread.statistics.bootstrap import rows_error
from reread.tasks.metrics import average_precision
from support.made_facts import ROWS, measured


@given(st.data())
def test_average_precision_is_that_of_the_metrics_under_any_weights_and_ties(data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 12))
    chances = np.array(
        data.draw(st.lists(st.sampled_from([0.1, 0.2, 0.7]), min_size=rows, max_size=rows)), dtype=np.float32
    )
    truth = np.array(data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows)))
    weights = np.array(data.draw(st.lists(st.integers(0, 3).map(float), min_size=rows, max_size=rows)))
    found = mean_average_precision(truth[:, None], chances[:, None])(weights)
    assert found == pytest.approx(average_precision(truth, chances, weights), nan_ok=True)


@given(st.integers(1, 60), st.data())
def test_shares_have_wilsons_interval(rows: int, data: st.DataObject) -> None:
    right = np.array(data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows)))
    found = wilson(right, np.full(rows, 2.0))
    expected = scipy.stats.binomtest(int(right.sum()), rows).proportion_ci(0.95, method="wilson")
    assert found.value == right.mean()
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-4)


def test_of_no_rows_nothing_is_known() -> None:
    assert all(math.isnan(value) for value in wilson(np.zeros(2, dtype=bool), np.zeros(2)))


def test_the_error_of_a_mean_is_the_textbooks() -> None:
    values = np.random.default_rng(0).normal(1.0, 1.0, 400)
    expected = scipy.stats.sem(values)
    assert rows_error(lambda counts: np.average(values, weights=counts), 400, rows=400) == pytest.approx(
        expected, rel=0.2
    )
    of_more = rows_error(lambda counts: np.average(values, weights=counts), 400, rows=1600)
    assert of_more == pytest.approx(expected / 2, rel=0.2)


def test_a_figure_that_is_rarely_defined_has_no_error() -> None:
    assert np.isnan(rows_error(lambda counts: [math.nan if counts[0] else 1.0], 50, rows=50)).all()


def test_a_sample_of_many_rows_gives_the_width_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    (part,) = measured("ordered", 4000).parts()
    whole = resampled([part.answers])[0]
    monkeypatch.setattr(resampling, "MOST", 500)
    sampled = resampled([part.answers])[0]
    assert sampled.value == whole.value
    assert sampled.high - sampled.low == pytest.approx(whole.high - whole.low, rel=0.25)


def test_the_difference_of_a_model_to_itself_is_none() -> None:
    (part,) = measured("numbers").parts()
    difference = resampled([part.answers, part.answers])[-1]
    assert difference.value == 0
    assert math.isnan(difference.low), "rows that do not differ do not say how others would"


def test_no_range_is_made_of_what_no_resample_can_change() -> None:
    few, perfect = measured("numbers", FEWEST - 1).parts()[0].answers, measured("ordered", 400).parts()[0].answers
    perfect = replace(perfect, answer=perfect.truth)  # type: ignore[call-arg]
    assert math.isfinite(few.interval().value)
    assert few.interval().range("mae") == ""
    assert perfect.interval().words("quadratic_kappa") == "1.0000"
    enough = measured("numbers", FEWEST).parts()[0].answers
    assert " to " in enough.interval().range("mae")


def test_weighted_rows_count_as_fewer() -> None:
    assert effective_rows(np.full(7, 3.0)) == pytest.approx(7)
    assert effective_rows(np.array([1.0, 0, 0])) == 1
    assert effective_rows(np.zeros(2)) == 0
    (part,) = measured("numbers", weights=np.array([1000.0] * 5 + [1.0] * (ROWS - 5))).parts()
    assert part.answers.interval().range("mae") == ""


def test_a_difference_is_known_better_than_its_sides() -> None:
    (part,) = measured("two classes", 400).parts()
    ours, theirs, difference = resampled(list(part.outcomes.values()))
    assert difference.value == pytest.approx(ours.value - theirs.value)
    assert difference.low <= difference.value <= difference.high
