"""Values that fit their settings, and what is said of those that do not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from reread.errors import ConfigError
from reread.recipes.fitting import Count, fit_table
from reread.recipes.spec import ModelSpec, TrainingSettings, VectorSettings, spec_from


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (TrainingSettings, {"seed": 2**32}, "t.seed = 4294967296: expected a whole number at least 0 and below 2**32"),
        (TrainingSettings, {"seed": -1}, "t.seed = -1: expected a whole number at least 0 and below 2**32"),
        (VectorSettings, {"seed": 2**32}, "t.seed = 4294967296: expected a whole number at least 0 and below 2**32"),
        (TrainingSettings, {"threads": 1025}, "t.threads = 1025: expected a whole number from 1 to 1024 or none"),
        (TrainingSettings, {"threads": 0}, "t.threads = 0: expected a whole number from 1 to 1024 or none"),
        (
            ModelSpec,
            {"hidden": 2**63},
            "t.hidden = 9223372036854775808: expected a whole number at least 1 and below 2",
        ),
        (TrainingSettings, {"warmup": 2**63}, "t.warmup = 9223372036854775808: expected a whole number at least 0 and"),
        (TrainingSettings, {"learning_rate": 10**400}, f"t.learning_rate = {10**400}: expected a number above 0"),
    ],
)
def test_numbers_that_a_library_cannot_take(kind: type, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        spec_from(kind, values, "t")


def test_the_largest_that_can_be_are_taken() -> None:
    settings = spec_from(TrainingSettings, {"seed": 2**32 - 1, "threads": 1024, "batch_size": 2**63 - 1}, "training")
    assert (settings.seed, settings.threads, settings.batch_size) == (2**32 - 1, 1024, 2**63 - 1)


HINTS: Mapping[str, Any] = {"size": Count, "limit": Count | None, "names": tuple[str, ...]}


def test_a_table_keeps_what_nobody_asks_for() -> None:
    values = {"size": 3, "limit": "none", "names": ["a"], "colour": "red"}
    assert fit_table(values, HINTS, "file") == {"size": 3, "limit": None, "names": ("a",), "colour": "red"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, "file holds no table"),
        ([3], "file holds no table"),
        ({"size": 3, "limit": None}, 'file lacks "names"'),
        ({"size": "3", "limit": None, "names": []}, 'file: size = "3": expected a whole number'),
        ({"size": 3, "limit": None, "names": [1]}, "file: names = 1: expected a text"),
    ],
)
def test_a_table_that_lacks_something(values: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{message}"):
        fit_table(values, HINTS, "file")
