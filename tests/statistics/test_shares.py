"""Intervals of shares against SciPy's."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from reread.statistics.shares import exact_interval


@pytest.mark.parametrize("coverage", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("right", "of"), [(0, 1), (1, 1), (0, 7), (3, 7), (7, 7), (41, 50), (199, 200), (640, 2000)])
def test_the_exact_interval_is_scipy_s(right: int, of: int, coverage: float) -> None:
    expected = binomtest(right, of).proportion_ci(coverage, method="exact")
    assert exact_interval(right, of, coverage) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_of_nothing_everything_is_possible() -> None:
    assert exact_interval(0, 0) == (0, 1)
