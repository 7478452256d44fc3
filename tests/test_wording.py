from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.wording import figure, listed, metric_rows, name_of, number, number_of, of_each_feature, percent, quantity


def test_numbers() -> None:
    assert [number(value) for value in (0.5, -1.23456, None, math.nan, math.inf)] == [
        "0.5000",
        "-1.2346",
        "-",
        "-",
        "-",
    ]
    assert [percent(value) for value in (0.1234, None, math.nan)] == ["12.3 %", "-", "-"]
    assert percent(0.996, 0) == "100 %"
    assert [number_of(count, "row") for count in (0, 1, 12345)] == ["0 rows", "1 row", "12,345 rows"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (190_912.3, "190,912"), (1_909_120, "1,909,120"), (-12_345.6, "-12,346"), (999_999_999, "999,999,999"), (2e9, "2e+09"),
        (1234.56, "1,235"), (999.96, "1,000"), (2.5, "2.5"), (5, "5"), (0.0, "0"), (-0.0, "0"), (0.012345, "0.01235"),
        (1.2343e-7, "1.234e-07"), (None, "-"), (math.nan, "-"), (-math.inf, "-"),
    ],
)  # fmt: skip
def test_numbers_in_units_can_be_read_at_any_size(value: float | None, words: str) -> None:
    assert quantity(value) == words


@given(st.floats(-1e9, 1e9, exclude_min=True, exclude_max=True))
def test_four_digits_are_right(value: float) -> None:
    assert float(quantity(value).replace(",", "")) == pytest.approx(value, rel=5.001e-4, abs=0)
    assert "e+" not in quantity(value)


def test_metrics_in_units_of_the_target_are_written_as_such() -> None:
    assert [figure("price.rmse", 12_345.6), figure("mae", 1.5e-7), figure("accuracy", 0.9946)] == [
        "12,346", "1.5e-07", "0.9946",
    ]  # fmt: skip


def test_lists() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert name_of("log_loss") == "log loss"


def test_metrics_of_models_side_by_side() -> None:
    rows = metric_rows({"network": {"accuracy": 0.9, "log_loss": None}, "baseline": {"accuracy": 0.8, "map": 0.7}})
    assert rows == [["accuracy", "0.9000", "0.8000"], ["log loss", "-", "-"], ["map", "-", "0.7000"]]


def test_what_is_said_of_each_feature_names_the_feature() -> None:
    assert of_each_feature(["3 of 4"]) == "3 of 4 words"
    assert of_each_feature(["4"], "") == "4"
    assert of_each_feature(["3 of 4", "5 of 6"]) == "3 of 4 tokens and 5 of 6 pairs of tokens"
