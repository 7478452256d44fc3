from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from reread.errors import ConfigError, DataError
from reread.tasks.regression import Regression


def test_targets_are_standardised_and_answers_are_in_their_units() -> None:
    targets = [1000.0, 2000.0, 3000.0]
    task = Regression.fit(targets)
    encoded = task.encode(targets)
    assert encoded.mean() == pytest.approx(0, abs=1e-6)
    assert encoded.std() == pytest.approx(1)
    assert task.predict(encoded) == pytest.approx(targets)
    assert task.probabilities(encoded) is None


@pytest.mark.parametrize("targets", [[1, 2], (True, 2.0), np.array([1, 2], dtype=np.int8), [Decimal(1), np.float32(2)]])
def test_any_kind_of_number_will_do(targets: Any) -> None:
    assert Regression.fit(targets).mean == 1.5


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ([], "there are no targets to learn from; regression needs at least two different numbers"),
        ([3, 3.0], "every target is 3.0; regression needs at least two different numbers"),
        ([1, None], "a target is None; regression needs a number for every text"),
        ([1, "cheap"], "a target is 'cheap'; regression needs a number for every text"),
        ([1, math.nan], "a target is nan; regression needs finite numbers, none beyond 1e+100"),
        ([1, -math.inf], "a target is -inf; regression needs finite numbers, none beyond 1e+100"),
        ([1, 2e100], "a target is 2e+100; regression needs finite numbers, none beyond 1e+100"),
    ],
)
def test_targets_that_cannot_be_learned(targets: list[Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        Regression.fit(targets)
    assert str(caught.value) == message


def test_integers_beyond_a_double_are_too_large() -> None:
    with pytest.raises(DataError, match="none beyond"):
        Regression.fit([1, 10**400])


def test_quantiles_have_columns_and_the_median_is_the_prediction() -> None:
    task = Regression(mean=10, scale=2, loss="quantile", quantiles=[0.1, 0.5, 0.9])
    assert task.size == 3
    assert task.columns([[-1.0, 0.0, 2.0]]) == {
        "prediction": [10.0],
        "quantile:0.1": [8.0],
        "quantile:0.5": [10.0],
        "quantile:0.9": [14.0],
    }


def test_crossed_quantiles_are_put_in_order() -> None:
    columns = Regression(mean=0, scale=1, loss="quantile").columns([[1.0, -1.0, 0.0]])
    assert list(columns.values()) == [[0.0], [-1.0], [0.0], [1.0]]


@pytest.mark.parametrize(("loss", "headline"), [("squared", "rmse"), ("absolute", "mae"), ("huber", "mae")])
def test_the_headline_is_what_the_loss_makes_small(loss: str, headline: str) -> None:
    task = Regression.fit([1, 2], loss=loss)
    assert task.headline == headline
    assert next(iter(task.metrics([1, 2], [[0], [0]]))) == headline


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "squard"}, 'unknown regression loss "squard". Did you mean "squared"'),
        ({"quantiles": [0.5]}, r'quantiles \[0.5\] with loss "squared"; they need loss "quantile"'),
        ({"loss": "quantile", "quantiles": [0.1, 0.9]}, "must rise, lie between 0 and 1 and contain 0.5"),
        ({"loss": "quantile", "quantiles": [0.5, 0.1]}, "must rise"),
        ({"loss": "quantile", "quantiles": [0.5, 1.0]}, "lie between 0 and 1"),
    ],
)
def test_options_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Regression.fit([1, 2], **options)


@pytest.mark.parametrize(("mean", "scale"), [(math.nan, 1), (0, 0), (0, math.inf)])
def test_units_that_cannot_be_used(mean: float, scale: float) -> None:
    with pytest.raises(ConfigError, match="both must be finite and the scale above 0"):
        Regression(mean, scale)


def test_the_loss_of_quantiles_is_their_mean_pinball_loss() -> None:
    task = Regression(mean=0, scale=1, loss="quantile", quantiles=[0.1, 0.5, 0.9])
    above, below = task.losses(np.array([[2.0], [-1.0]]), [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    assert above == pytest.approx((0.1 * 2 + 0.5 * 2 + 0.9 * 2) / 3)
    assert below == pytest.approx((0.9 * 1 + 0.5 * 1 + 0.1 * 2) / 3)


@pytest.mark.parametrize("quantiles", [[0.9, 0.5], [0.1, 0.1, 0.5], [0.0, 0.5], [0.5, 1.0], [0.1, 0.9]])
def test_quantiles_that_cannot_be_used(quantiles: list[float]) -> None:
    with pytest.raises(ConfigError, match=r"they must rise, lie between 0 and 1 and contain 0\.5"):
        Regression(mean=0, scale=1, loss="quantile", quantiles=quantiles)
    assert Regression(mean=0, scale=1, loss="quantile", quantiles=[0.5, 0.75, 0.9]).size == 3


@pytest.mark.parametrize(("mean", "scale"), [(0, 0), (0, -1), (math.nan, 1), (0, math.inf)])
def test_a_scale_that_is_none(mean: float, scale: float) -> None:
    with pytest.raises((ConfigError, DataError)):
        Regression(mean=mean, scale=scale)
