from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError, DataError
from reread.scoring.intervals import MOST, conformal_intervals, conformal_radius, held_out_residuals
from reread.scoring.learning import learn_postprocessor
from reread.tasks.classification import Classification
from reread.tasks.multilabel import Multilabel
from reread.tasks.regression import Regression


def test_the_rank_is_the_next_whole_number_above_n_plus_1_times_coverage() -> None:
    residuals = np.arange(1.0, 100.0)  # 99 of them: rank 90 at 0.9
    assert conformal_radius(residuals, 0.9) == 90
    assert conformal_radius(residuals, 0.901) == 91
    assert conformal_radius(residuals, 0.99) == 99


@given(st.integers(1, 500), st.integers(1, 99))
def test_the_rank_is_that_of_exact_arithmetic(rows: int, percent: int) -> None:
    rank = math.ceil(Fraction(percent, 100) * (rows + 1))
    residuals = np.arange(1.0, rows + 1)
    if rank <= rows:
        assert conformal_radius(residuals, percent / 100) == rank
    else:
        least = next(n for n in range(rows, 1000) if math.ceil(Fraction(percent, 100) * (n + 1)) <= n)
        with pytest.raises(DataError, match=f"needs at least {least} validation rows, but there are {rows}"):
            conformal_radius(residuals, percent / 100)


def test_the_intervals_hold_as_often_as_they_say() -> None:
    random = np.random.default_rng(0)
    held = []
    for _ in range(2000):
        errors = np.abs(random.standard_t(3, 31))
        held.append(errors[-1] <= conformal_radius(np.sort(errors[:-1]), 0.8))
    expected = math.ceil(31 * 0.8) / 31
    assert np.mean(held) == pytest.approx(expected, abs=0.03)


def test_they_hold_the_truth_of_new_texts() -> None:
    task, random = Regression(mean=100.0, scale=10.0), np.random.default_rng(0)
    held = []
    for _ in range(200):
        scores = random.normal(size=(149, 1))
        truth = task.predict(scores) + random.standard_t(3, 149)
        residuals = held_out_residuals(task, truth[:49], scores[:49])
        lowest, highest = conformal_intervals(task.predict(scores[49:]), residuals, 0.9).T
        held.append((lowest <= truth[49:]) & (truth[49:] <= highest))
    assert np.mean(held) == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("coverage", [0.0, 1.0, -0.1, 90, math.nan])
def test_a_coverage_that_is_no_share_is_refused(coverage: float) -> None:
    with pytest.raises(ConfigError, match=f"coverage = {coverage}"):
        conformal_radius(np.arange(1.0, 100.0), coverage)


def test_no_residuals_give_no_interval() -> None:
    with pytest.raises(DataError, match="needs at least 9 validation rows, but there are 0"):
        conformal_radius(np.zeros(0), 0.9)


def test_residuals_are_in_the_users_units() -> None:
    task = Regression(mean=100.0, scale=10.0)
    residuals = held_out_residuals(task, [100, 120, 95], np.array([[0.0], [1.0], [1.0]]))
    np.testing.assert_allclose(residuals, [0, 10, 15])


@pytest.mark.parametrize("coverage", [0.1, 0.5, 0.9, 0.99])
def test_of_many_residuals_those_are_kept_that_promise_as_much_and_hardly_more(coverage: float) -> None:
    task, rows = Regression(mean=0.0, scale=1.0), 7 * MOST // 3
    scores = np.random.default_rng(0).permutation(rows)[:, None]
    kept = held_out_residuals(task, [0.0] * rows, scores)
    assert len(kept) == MOST
    exact = conformal_radius(np.arange(float(rows)), coverage)
    assert exact <= conformal_radius(kept, coverage) <= exact + rows / MOST + 1


# Weights


def shuffled(rows: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).permutation(rows).astype(np.float64)[:, None]


@given(st.integers(1, 300), st.sampled_from([1e-3, 0.1, 0.7, 1.0, 3.0]), st.integers(0, 50))
def test_equal_weights_change_nothing_and_rows_of_weight_0_are_left_out(rows: int, weight: float, others: int) -> None:
    task, scores = Regression(mean=0.0, scale=1.0), shuffled(rows + others)
    weights = [weight] * rows + [0.0] * others
    found = held_out_residuals(task, [0.0] * (rows + others), scores, weights)
    assert np.array_equal(found, np.sort(scores[:rows, 0]))


def test_numbers_that_do_not_count_make_no_interval_wider() -> None:
    postprocessor = learn_postprocessor(
        Regression(0, 1), np.zeros((100, 1)), [0.1] * 50 + [100] * 50, [1] * 50 + [0] * 50
    )
    assert postprocessor.intervals([[0.0]], 0.9) == pytest.approx(np.array([[-0.1, 0.1]]))


def test_the_weighted_population_is_held_as_often_as_they_say() -> None:
    task, random, held = Regression(mean=0.0, scale=1.0), np.random.default_rng(0), []
    for _ in range(1000):
        wide = random.random(200) < 0.2  # one row in five is far off; of what counts, half
        off = random.standard_normal(200) * np.where(wide, 10, 1)
        residuals = held_out_residuals(task, off.tolist(), np.zeros((200, 1)), np.where(wide, 4.0, 1.0))
        new = random.standard_normal(20) * np.where(random.random(20) < 0.5, 10, 1)
        held.append(np.abs(new) <= conformal_radius(residuals, 0.8))
    assert np.mean(held) == pytest.approx(0.8, abs=0.02)


def test_unequal_weights_promise_as_little_as_few_rows_do() -> None:
    residuals = held_out_residuals(Regression(0, 1), [0.0] * 500, shuffled(500), [1000.0] + [1.0] * 499)
    assert len(residuals) == 2
    with pytest.raises(DataError, match="needs at least 9 validation rows, but there are 2"):
        conformal_radius(residuals, 0.9)


def test_labels_have_no_residuals_and_classes_what_the_true_one_lacks() -> None:
    assert held_out_residuals(Multilabel(["a", "b"]), [["a"]], np.zeros((1, 2))).size == 0
    scores = np.log([[0.25, 0.75], [0.9, 0.1]])
    np.testing.assert_allclose(held_out_residuals(Classification(["a", "b"]), ["a", "a"], scores), [0.1, 0.75])
