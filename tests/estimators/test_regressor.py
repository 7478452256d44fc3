from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from reread import ConfigError, DataError, TextRegressor


@pytest.mark.parametrize("loss", [None, "squared", "absolute", "huber", "quantile"])
def test_every_loss_answers_in_the_users_units(
    loss: str | None, texts: list[str], prices: list[float], small: dict[str, Any]
) -> None:
    model = TextRegressor(**small, loss=loss).fit(texts, prices)
    answers = model.predict(texts)
    assert answers.shape == (len(texts),)
    assert answers.dtype == np.float64
    assert 80 < answers.min() <= answers.max() < 140
    assert model.task_.to_config()["loss"] == (loss or "squared")


def test_the_recipes_loss_holds_where_none_is_named(
    texts: list[str], prices: list[float], small: dict[str, Any]
) -> None:
    settings = {**small["settings"], "task": {"loss": "huber"}}
    recipes, own = (
        TextRegressor(**{**small, "settings": settings}, loss=loss).fit(texts, prices).task_.to_config()["loss"]
        for loss in (None, "absolute")
    )
    assert (recipes, own) == ("huber", "absolute")


def test_the_score_is_r_squared(texts: list[str], prices: list[float], small: dict[str, Any]) -> None:
    model = TextRegressor(**small).fit(texts, pd.Series(prices))
    answers, weights = model.predict(texts), np.arange(len(texts))
    assert model.score(texts, prices) == pytest.approx(r2_score(prices, answers))
    assert model.score(texts, pd.Series(prices), weights) == pytest.approx(
        r2_score(prices, answers, sample_weight=weights)
    )
    assert model.score(texts, answers) == 1


def test_quantiles_rise_and_the_middle_one_is_the_prediction(
    texts: list[str], prices: list[float], small: dict[str, Any]
) -> None:
    model = TextRegressor(**small, loss="quantile", quantiles=[0.1, 0.25, 0.5, 0.9]).fit(texts, prices)
    quantiles = model.predict_quantiles(texts)
    assert quantiles.shape == (len(texts), 4)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    np.testing.assert_array_equal(quantiles[:, 2], model.predict(texts))


def test_quantiles_need_their_loss(texts: list[str], prices: list[float], small: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="they need loss"):
        TextRegressor(**small, quantiles=[0.1, 0.5, 0.9]).fit(texts, prices)
    with pytest.raises(ConfigError, match='loss = None learns no quantiles; fit with loss="quantile"'):
        TextRegressor(**small).fit(texts, prices).predict_quantiles(texts)


@pytest.mark.parametrize("loss", ["squared", "quantile"])
def test_intervals_stand_around_the_prediction(
    loss: str, texts: list[str], prices: list[float], small: dict[str, Any]
) -> None:
    model = TextRegressor(**small, loss=loss, validation=0.4).fit(texts, prices)
    intervals, answers = model.predict_interval(texts, coverage=0.75), model.predict(texts)
    rows = model.fitted_.facts["validation_rows"]
    radius = model.fitted_.postprocessor.residuals[math.ceil((rows + 1) * 0.75) - 1]
    assert len(model.fitted_.postprocessor.residuals) == rows
    np.testing.assert_allclose(intervals, np.stack([answers - radius, answers + radius], axis=1))
    assert (np.diff(model.predict_interval(texts, coverage=0.9)) >= np.diff(intervals)).all()


def test_the_residuals_are_those_of_the_rows_held_out(
    texts: list[str], prices: list[float], small: dict[str, Any]
) -> None:
    model = TextRegressor(**small, validation=0.4).fit(texts, prices)
    assert model.fitted_.postprocessor.residuals.mean() == pytest.approx(model.validation_metrics_["mae"])
    every = np.abs(model.predict(texts) - prices)
    assert all(np.isclose(every, residual).any() for residual in model.fitted_.postprocessor.residuals)


def test_too_few_rows_held_out_for_an_interval(texts: list[str], prices: list[float], small: dict[str, Any]) -> None:
    model = TextRegressor(**small).fit(texts, prices)
    with pytest.raises(DataError, match=r"coverage 0\.9 needs at least 9 validation rows, but there are 6"):
        model.predict_interval(texts)
    with pytest.raises(ConfigError, match="coverage = 90"):
        model.predict_interval(texts, coverage=90)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([1.0, None] * 30, "a target is None; regression needs a number"),
        ([1.0, math.nan] * 30, "a target is nan"),
        ([1.0, math.inf] * 30, "a target is inf"),
        (["1", "2"] * 30, "a target is '1'"),
        ([3.0] * 60, "every target is 3.0"),
        ([[1.0], [2.0]] * 30, r"a target is \[1.0\]"),
    ],
)
def test_what_is_no_number(y: list[Any], message: str, texts: list[str], small: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=message):
        TextRegressor(**small).fit(texts, y)


def test_an_unknown_loss(texts: list[str], prices: list[float], small: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r'unknown regression loss "hubr"\. Did you mean "huber"'):
        TextRegressor(**small, loss="hubr").fit(texts, prices)


def test_numbers_have_no_probabilities() -> None:
    assert not hasattr(TextRegressor(), "predict_proba")
