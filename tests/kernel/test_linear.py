"""The training of linear models in C against NumPy; arrays that do not fit are refused before C gets them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reread.kernel import available, load
from reread.kernel.linear import OF_CLASSES, DualAscent, LinearLoss, sparse_product
from support.kernel.linear_by_numpy import ALLOWED, Case, case, distance

every_level = pytest.mark.parametrize("level", available())
ORDER = np.arange(3, dtype=np.int32)


@every_level
@settings(max_examples=25)
@given(
    loss=st.sampled_from(get_args(LinearLoss)),
    scores=st.integers(1, 40),
    lengths=st.lists(st.integers(0, 25), min_size=1, max_size=8).map(tuple),
    one=st.booleans(),
)
def test_passes_agree_with_numpy(level: str, loss: LinearLoss, scores: int, lengths: tuple[int, ...], *, one: bool) -> None:  # fmt: skip
    width = 1 if one or loss in OF_CLASSES else scores
    found = case(loss, scores, width, (4, *lengths))
    found.rows.weights[0] = 1  # not all are 0
    assert distance(load(level), found) < ALLOWED


@every_level
@pytest.mark.parametrize(("strength", "shrunk"), [(1.5, 1.0), (0.1, 0.2)])
def test_a_model_goes_on_from_where_it_is_with_another_strength(level: str, strength: float, shrunk: float) -> None:
    ascent, order = DualAscent(load(level), case("logistic", 2, 2).rows), np.arange(6, dtype=np.int32)
    ascent.strengthen(0.5)
    ascent.one_pass(order)
    coefficients, bias = ascent.coefficients.copy(), ascent.bias.copy()
    ascent.strengthen(strength)
    np.testing.assert_allclose(ascent.coefficients, shrunk * coefficients, rtol=1e-6)
    np.testing.assert_allclose(ascent.bias, shrunk * bias, rtol=1e-6)


@every_level
@pytest.mark.parametrize("loss", get_args(LinearLoss))
def test_passes_come_closer_to_the_minimum(level: str, loss: LinearLoss) -> None:
    ascent, order = DualAscent(load(level), case(loss, 3, 1).rows), np.arange(6, dtype=np.int32)
    ascent.strengthen(2.0)
    apart = [ascent.one_pass(order) for _ in range(40)]
    assert apart[0] > 1e-2
    assert apart[-1] < 1e-5


@every_level
def test_rows_without_weight_leave_the_model_at_its_start(level: str) -> None:
    rows = replace(case("softmax", 3, 1).rows, weights=np.zeros(6, np.float32))
    ascent = DualAscent(load(level), rows)
    ascent.strengthen(1.0)
    assert ascent.one_pass(np.arange(6, dtype=np.int32)) == 0
    assert not ascent.coefficients.any()
    assert not ascent.bias.any()


@pytest.mark.parametrize("loss", ["logistic", "softmax"])
def test_scores_beyond_every_float_s_exponential_stay_numbers(loss: LinearLoss) -> None:
    rows = case(loss, 3, 1).rows
    ascent = DualAscent(load(), replace(rows, values=rows.values * 1e4))
    ascent.strengthen(1e3)
    order = np.arange(6, dtype=np.int32)
    assert np.isfinite([ascent.one_pass(order) for _ in range(3)]).all()
    assert np.isfinite(ascent.coefficients).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"columns": np.array([0, 1, 25, 3], np.int32)}, "columns holds numbers from 0 to 25; here they are from 0 to 24"),
        ({"columns": np.array([0, 1, -1, 3], np.int32)}, "columns holds numbers from -1 to 3; here they are from 0 to 24"),
        ({"columns": np.arange(4)}, "columns is int64"),
        ({"columns": np.arange(3, dtype=np.int32)}, r"columns is int32 \(3,\); the kernel takes int32 \(4,\)"),
        ({"values": np.ones(4)}, "values is float64"),
        ({"values": np.ones(8, np.float32)[::2]}, "values has strides"),
        ({"starts": np.array([0, 1, 1, 5])}, "starts holds numbers from 0 to 5; here they are from 0 to 4"),
        ({"starts": np.array([0, 3, 1, 4])}, "."),
        ({"starts": np.array([0, 1, 1, 3])}, "."),
        ({"starts": np.array([1, 1, 1, 4])}, "."),
        ({"starts": np.array([0, 1, 4])}, "."),
        ({"starts": np.array([0, 1, 1, 4], np.int32)}, "starts is int32"),
        ({"weights": np.ones(3)}, "weights is float64"),
        ({"weights": np.ones(4, np.float32)}, "."),
        ({"start": np.zeros(3)}, "start is float64"),
        ({"start": np.zeros(2, np.float32)}, r"targets are \(3, 3\); logistic of 2 scores takes 1 or 2 columns"),
        ({"targets": np.ones((3, 2), np.float32)}, r"targets are \(3, 2\); logistic of 3 scores takes 1 or 3 columns"),
        ({"targets": np.ones((3, 0), np.float32)}, r"targets are \(3, 0\); logistic of 3 scores takes 1 or 3 columns"),
        ({"targets": np.ones(3, np.float32)}, r"targets are \(3,\); logistic of 3 scores takes 1 or 3 columns"),
        ({"targets": np.ones((2, 3), np.float32)}, "targets is float32"),
        ({"targets": np.ones((3, 3))}, "targets is float64"),
        ({"loss": "squared_hinge"}, r"targets are \(3, 3\); squared_hinge of 3 scores takes 1 columns"),
        ({"loss": "softmax"}, r"targets are \(3, 3\); softmax of 3 scores takes 1 columns"),
        ({"loss": "softmax", "targets": np.full((3, 1), 3, np.float32)}, "targets holds numbers from 3.0 to 3.0; here they are from 0 to 2"),
        ({"loss": "softmax", "targets": np.full((3, 1), np.nan, np.float32)}, "targets holds numbers from nan to nan"),
    ],
)  # fmt: skip
def test_wrong_rows_are_refused(changes: dict[str, Any], message: str) -> None:
    rows = case("logistic", 3, 3, (1, 0, 3)).rows
    DualAscent(load(), rows)
    with pytest.raises(ValueError, match=f"^{message}"):
        DualAscent(load(), replace(rows, **changes))


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (np.array([0, 3], np.int32), "order holds numbers from 0 to 3; here they are from 0 to 2"),
        (np.array([-1], np.int32), "order holds numbers from -1 to -1"),
        (np.arange(3), "order is int64"),
        (ORDER[None], "order is int32"),
        (ORDER[::-1], "order has strides"),
    ],
)
def test_an_order_of_other_rows_is_refused(order: Any, message: str) -> None:
    ascent = DualAscent(load(), case("softmax", 3, 1, (1, 0, 3)).rows)
    ascent.strengthen(1.0)
    ascent.one_pass(ORDER)
    with pytest.raises(ValueError, match=f"^{message}"):
        ascent.one_pass(order)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"columns": np.array([0, 1, 25, 3], np.int32)}, "columns holds numbers from 0 to 25; here they are from 0 to 24"),
        ({"columns": np.arange(4)}, "columns is int64"),
        ({"starts": np.array([0, 1, 5])}, "starts holds numbers from 0 to 5; here they are from 0 to 4"),
        ({"starts": np.array([0, 1], np.int32)}, "starts is int32"),
        ({"values": np.ones(3, np.float32)}, "."),
        ({"values": np.ones(4)}, "values is float64"),
        ({"weights": np.ones((25, 2))}, "weights is float64"),
        ({"weights": np.ones((2, 25), np.float32).T}, "weights has strides"),
        ({"weights": np.ones(25, np.float32)}, "."),
    ],
)  # fmt: skip
def test_a_product_of_wrong_arrays_is_refused(changes: dict[str, Any], message: str) -> None:
    rows = case("logistic", 3, 3, (1, 0, 3)).rows
    arrays = {name: getattr(rows, name) for name in ("starts", "columns", "values")}
    arrays["weights"] = np.ones((25, 2), np.float32)
    assert sparse_product(load(), **arrays).shape == (3, 2)
    with pytest.raises(ValueError, match=f"^{message}"):
        sparse_product(load(), **(arrays | changes))


def test_a_case_is_what_it_says() -> None:
    found: Case = case("softmax", 5, 1)
    assert np.array_equal(np.count_nonzero(found.whole[:, :-1], axis=1), np.diff(found.rows.starts))
