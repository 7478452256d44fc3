from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.monitoring.histogram import Figure, Histogram

NUMBERS = st.lists(st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0]), min_size=1, max_size=60)


@given(NUMBERS, NUMBERS)
def test_every_text_is_in_one_bin_and_the_mean_is_that_of_all(first: list[float], more: list[float]) -> None:
    one = Histogram.of(Figure(np.array(first)))
    assert one.texts == len(first)
    assert one.counts[0] == one.counts[-1] == 0  # what is below or above all of them would be there
    assert max(one.counts) <= max(len(first) / 10 + 1, max(first.count(value) for value in first) + len(first) / 10 + 1)
    two = one.plus(Figure(np.array(more)))
    assert two.texts == len(first) + len(more)
    assert two.mean == pytest.approx(np.mean(first + more), abs=1e-6)
    parts = one.empty().plus(Figure(np.array(first))).plus(Figure(np.array(more)))
    assert parts.counts == two.counts


def test_a_value_that_most_texts_share_has_a_bin_of_its_own() -> None:
    rates = np.concatenate([np.zeros(950), np.linspace(0.01, 0.5, 50)])
    histogram = Histogram.of(Figure(rates))
    assert 950 in histogram.counts
    assert histogram.empty().plus(Figure(np.array([0.0, 0.001, 0.02]))).counts[histogram.counts.index(950)] == 1


def test_classes_have_a_bin_each() -> None:
    histogram = Histogram.of(Figure(np.array([0.0, 2.0, 2.0]), ("a", "b", "c", "d")))
    assert (histogram.counts, histogram.names) == ((1, 0, 2, 0), ("a", "b", "c", "d"))


@given(st.lists(st.integers(0, 99), max_size=300), st.lists(st.integers(0, 99), max_size=300))
def test_of_very_many_classes_the_most_frequent_have_one(first: list[int], more: list[int]) -> None:
    names = tuple(f"class {k}" for k in range(100))
    histogram = Histogram.of(Figure(np.array(first, dtype=float), names))
    assert (len(histogram.names), histogram.names[-1]) == (50, "others")
    assert list(histogram.names[:-1]) == sorted(histogram.names[:-1], key=names.index)
    left_out = max((first.count(k) for k, name in enumerate(names) if name not in histogram.names), default=0)
    assert min(histogram.counts[:-1]) >= left_out
    now = histogram.empty().plus(Figure(np.array(more, dtype=float), names))
    assert now.counts[:-1] == tuple(more.count(names.index(name)) for name in histogram.names[:-1])
    assert now.texts == len(more)
