from __future__ import annotations

import math

import numpy as np
import pytest

from reread.errors import DataError
from reread.statistics.power_law import Estimate, PowerLaws, jackknife_covariance

SIZES = np.array([100.0, 200.0, 300.0, 360.0])


def error(rows: np.ndarray | float, exponent: float = 0.5) -> np.ndarray:
    return np.asarray(0.1 + 2.0 * np.asarray(rows, dtype=np.float64) ** -exponent)


@pytest.mark.parametrize("exponent", [0.2, 0.3, 0.5])
def test_errors_of_a_law_give_that_law(exponent: float) -> None:
    laws = PowerLaws.fit(SIZES, error(SIZES, exponent), 1e-10 * np.eye(4))
    assert laws.at(400).value == pytest.approx(error(400, exponent), abs=1e-4)
    truth = error(400, exponent) - error(800, exponent)
    assert laws.fall(400, 800).value == pytest.approx(truth, rel=0.02)


def test_no_law_falls_below_nothing() -> None:
    laws = PowerLaws.fit(SIZES, 1.0 / SIZES - 0.002, 1e-6 * np.eye(4))
    assert (laws.floors @ laws.errors >= 0).all()
    assert laws.at(1e9).value >= 0


def test_the_noisier_the_errors_the_wider_the_interval_and_the_further_the_wider() -> None:
    calm, noisy = (PowerLaws.fit(SIZES, error(SIZES), noise * np.eye(4)) for noise in (1e-6, 1e-4))
    assert noisy.fall(400, 500).error > calm.fall(400, 500).error > 0
    assert noisy.fall(400, 800).error > noisy.fall(400, 500).error


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    random, noise = np.random.default_rng(3), 0.01
    covariance = noise**2 * np.eye(4)
    truth = float(error(400) - error(500))
    held = 0
    for _ in range(300):
        found = error(SIZES) + random.normal(0, noise, 4)
        low, high = PowerLaws.fit(SIZES, found, covariance).fall(400, 500).interval(0.8)
        held += low <= truth <= high
    assert held / 300 > 0.8 - 3.5 * math.sqrt(0.8 * 0.2 / 300)


def test_an_interval_is_the_normal_distributions() -> None:
    assert Estimate(1.0, 2.0).interval(0.95) == pytest.approx((1 - 3.92, 1 + 3.92), abs=0.001)


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(0).normal(size=(30, 2))
    without = [np.delete(values, row, axis=0).mean(axis=0) for row in range(30)]
    assert jackknife_covariance(without) == pytest.approx(np.cov(values.T) / 30)


@pytest.mark.parametrize("errors", [[0.3, 0.2], [0.3, math.nan, 0.1]])
def test_too_few_errors_or_none_at_all_are_refused(errors: list[float]) -> None:
    with pytest.raises(DataError, match="3 or more finite"):
        PowerLaws.fit(SIZES[: len(errors)], errors, np.eye(len(errors)))
