from __future__ import annotations

import math
import sys

import numpy as np
import pytest
import scipy.stats

from reread.errors import ConfigError, DataError, MissingExtraError
from reread.statistics.bootstrap import bootstrap_interval


@pytest.mark.parametrize(("n", "level"), [(5, 0.8), (10, 0.95), (25, 0.9)])
def test_intervals_hold_the_mean_as_often_as_they_say(n: int, level: float) -> None:
    random = np.random.default_rng(n)
    samples = random.normal(0.9, 0.01, (300, n))
    held = [low <= 0.9 <= high for low, high in (bootstrap_interval(sample, level) for sample in samples)]
    assert np.mean(held) == pytest.approx(level, abs=3.5 * math.sqrt(level * (1 - level) / 300))


def test_for_many_values_it_is_students_interval() -> None:
    values = np.random.default_rng(0).normal(size=200)
    expected = scipy.stats.t.interval(0.95, 199, values.mean(), scipy.stats.sem(values))
    assert bootstrap_interval(values) == pytest.approx(expected, abs=0.01)


def test_few_values_give_the_widest_interval_there_is() -> None:
    assert bootstrap_interval([0.9, 0.92, 0.97]) == pytest.approx((0.9, 0.97), abs=1e-12)
    assert bootstrap_interval([0.9, 0.9]) == pytest.approx((0.9, 0.9), abs=1e-12)


def test_equal_arguments_give_equal_intervals() -> None:
    values = np.random.default_rng(0).normal(size=12)
    assert bootstrap_interval(values, seed=1) == bootstrap_interval(values, seed=1) != bootstrap_interval(values)


@pytest.mark.parametrize("values", [[], [0.9], [0.9, math.nan], [[0.9, 0.8]]])
def test_values_are_checked(values: list[float]) -> None:
    with pytest.raises(DataError, match="2 or more finite values"):
        bootstrap_interval(values)


@pytest.mark.parametrize("level", [0, 1, 95, math.nan])
def test_the_level_is_checked(level: float) -> None:
    with pytest.raises(ConfigError, match="between 0 and 1"):
        bootstrap_interval([0.9, 0.8], level)


def test_without_scipy_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingExtraError, match=r'intervals of means needs an extra: pip install "reread\[train\]"'):
        bootstrap_interval([1.0, 2.0])
