from __future__ import annotations

import math

from reread.wording import listed, metric_rows, name_of, number, number_of, percent


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


def test_lists() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert name_of("log_loss") == "log loss"


def test_metrics_of_models_side_by_side() -> None:
    rows = metric_rows({"network": {"accuracy": 0.9, "log_loss": None}, "baseline": {"accuracy": 0.8, "map": 0.7}})
    assert rows == [["accuracy", "0.9000", "0.8000"], ["log loss", "-", "-"], ["map", "-", "0.7000"]]
