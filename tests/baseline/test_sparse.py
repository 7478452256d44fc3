"""Sparse rows against dense ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from reread.baseline import sparse as module
from reread.baseline.sparse import SparseRows, side_by_side, stacked
from support.linear import dense, sparse

Matrix = NDArray[np.float32]
SHAPES = st.tuples(st.integers(0, 6), st.integers(1, 5))
MATRICES = SHAPES.flatmap(lambda shape: arrays(np.float32, shape, elements=st.integers(0, 4).map(float)))


@given(MATRICES)
def test_rows_are_what_they_are_made_of(whole: Matrix) -> None:
    rows = sparse(whole)
    assert len(rows) == len(whole)
    assert np.array_equal(dense(rows), whole)
    assert np.array_equal(rows.lengths, (whole > 0).sum(axis=1))
    assert np.array_equal(rows.frequencies(), (whole > 0).sum(axis=0))


@given(MATRICES, st.data())
def test_pairs_are_counted_and_their_values_summed(whole: Matrix, data: st.DataObject) -> None:
    pairs = [pair for pair in np.ndindex(whole.shape) for _ in range(int(whole[pair]))]
    mixed = np.array(data.draw(st.permutations(pairs)), np.int64).reshape(-1, 2)
    counted = SparseRows.counted(*mixed.T, whole.shape)
    assert np.array_equal(dense(counted), whole)
    assert (counted.columns.dtype, counted.values.dtype, counted.starts.dtype) == (np.int32, np.float32, np.int64)
    times = np.arange(len(mixed)) + 1.0
    expected = np.zeros(whole.shape)
    np.add.at(expected, tuple(mixed.T), times)
    assert np.array_equal(dense(SparseRows.counted(*mixed.T, whole.shape, times)), expected)


@given(MATRICES, st.data())
def test_rows_are_taken_in_any_order_and_columns_kept(whole: Matrix, data: st.DataObject) -> None:
    rows = np.array(data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=8)) if len(whole) else [], np.int64)
    taken = sparse(whole).take(rows)
    assert np.array_equal(dense(taken), whole[rows])
    columns = np.flatnonzero(data.draw(arrays(np.bool_, whole.shape[1])))
    assert np.array_equal(dense(sparse(whole).keep(columns)), whole[:, columns])


@given(MATRICES, MATRICES)
def test_matrices_stand_side_by_side(one: Matrix, other: Matrix) -> None:
    rows = min(len(one), len(other))
    parts = [one[:rows], other[:rows], one[:rows]]
    assert np.array_equal(dense(side_by_side(list(map(sparse, parts)))), np.hstack(parts))
    assert np.array_equal(dense(side_by_side([sparse(one)])), one)


@given(MATRICES, st.data())
def test_matrices_stand_one_below_another(whole: Matrix, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=3)))
    found = stacked(map(sparse, np.split(whole, cuts)), whole.shape[1])
    assert np.array_equal(dense(found), whole)
    assert (found.starts.dtype, found.columns.dtype, found.values.dtype) == (np.int64, np.int32, np.float32)
    assert dense(stacked([], 3)).shape == (0, 3)


@given(MATRICES, st.data())
def test_scaled_rows_have_length_1_unless_they_are_empty(whole: Matrix, data: st.DataObject) -> None:
    scale = data.draw(arrays(np.float32, whole.shape[1], elements=st.sampled_from([0.0, 0.5, 1.0, 3.0])))
    expected = whole.astype(np.float64) * scale
    sizes = np.sqrt((expected**2).sum(axis=1, keepdims=True))
    found = sparse(whole).scaled(scale)
    assert found.values.dtype == np.float32
    np.testing.assert_allclose(dense(found), expected / np.where(sizes > 0, sizes, 1), rtol=1e-6)


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("most", [1, 7, 1 << 24])
@pytest.mark.parametrize("scores", [1, 3])
def test_products_are_those_of_dense_rows(monkeypatch: pytest.MonkeyPatch, most: int, scores: int, *, compiled: bool) -> None:  # fmt: skip
    monkeypatch.setattr(module, "PRODUCTS", most)
    random = np.random.default_rng(0)
    whole = random.normal(size=(9, 12)) * (random.random((9, 12)) < 0.4)
    whole[[0, 4, 8]] = 0
    weights = random.normal(size=(12, scores)).astype(np.float32)
    found = sparse(whole).times(weights, compiled=compiled)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, whole @ weights, rtol=1e-5, atol=1e-5)
    assert sparse(whole[:0]).times(weights, compiled=compiled).shape == (0, scores)
    assert not sparse(whole[:, :0]).times(weights[:0], compiled=compiled).any()


def test_without_the_kernel_no_row_is_so_long_that_memory_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PRODUCTS", 30)
    seen: list[int] = []
    add: Any = np.add

    class Watched:
        @staticmethod
        def at(sums: Any, rows: Any, numbers: Any) -> None:
            seen.append(numbers.size)
            add.at(sums, rows, numbers)

    monkeypatch.setattr(module.np, "add", Watched)
    sparse(np.ones((2, 50))).times(np.ones((50, 3), np.float32), compiled=False)
    assert max(seen) <= 30
    assert sum(seen) == 2 * 50 * 3
