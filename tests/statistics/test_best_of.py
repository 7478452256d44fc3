from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError, DataError
from reread.statistics.best_of import expected_best, luck_of_best

VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=5)


@given(VALUES, st.integers(1, 5))
def test_it_is_the_mean_of_the_best_of_all_draws(values: list[float], n: int) -> None:
    if n > len(values):
        with pytest.raises(ConfigError, match=f"the best of {n} draws from {len(values)} values"):
            expected_best(values, n)
        return
    best = [max(draws) for draws in itertools.product(values, repeat=n)]
    assert expected_best(values, n) == pytest.approx(np.mean(best), abs=1e-12)


@given(VALUES)
def test_more_draws_are_never_worse(values: list[float]) -> None:
    best = [expected_best(values, n) for n in range(1, len(values) + 1)]
    assert best[0] == pytest.approx(np.mean(values))
    assert all(a <= b + 1e-12 for a, b in itertools.pairwise(best))
    assert best[-1] <= max(values) + 1e-12


def test_what_is_no_draw() -> None:
    with pytest.raises(ConfigError, match="expected 1 to 2 draws"):
        expected_best([0.5, 0.6], 0)
    with pytest.raises(DataError, match="must be finite"):
        expected_best([0.5, float("nan")], 1)


@pytest.mark.parametrize(("n", "expected"), [(1, 0.0), (2, 0.5642), (5, 1.1630), (20, 1.8675), (100, 2.5076)])
def test_the_luck_of_the_best_is_that_of_normal_draws(n: int, expected: float) -> None:
    """Harter (1961), Expected values of normal order statistics, table 1."""
    assert luck_of_best(n) == pytest.approx(expected, abs=0.01)


def test_no_luck_without_a_draw() -> None:
    with pytest.raises(ConfigError, match="the best of 0 draws"):
        luck_of_best(0)
