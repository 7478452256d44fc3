"""Estimators that answer with the blend of network and baseline."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from reread import ConfigError, JointTextModel, TextClassifier, TextRegressor, load


@pytest.fixture
def options(small: dict[str, Any]) -> dict[str, Any]:
    return {**small, "baseline": True, "blend": True, "validation": 0.4}


def assert_blended(model: Any, texts: list[str]) -> None:
    """The model's scores are those of network and baseline, mixed with the learned weights."""
    fitted, weights = model.fitted_, model.blend_weights_
    assert list(weights) == ["network", "baseline"]
    parts = (fitted.network().scores(texts), fitted.baseline.scores(texts))
    np.testing.assert_allclose(model.scores(texts), fitted.task.mix(parts, list(weights.values())), rtol=1e-9)
    assert model.blend_metrics_.keys() == model.validation_metrics_.keys() == model.baseline_metrics_.keys()


def test_a_classifier(texts: list[str], labels: list[str], options: dict[str, Any], tmp_path: Path) -> None:
    noisy = [label if k % 5 else "odd" for k, label in enumerate(labels)]
    model = TextClassifier(**options).fit(texts, noisy)
    assert_blended(model, texts)
    assert model.blend_metrics_["log_loss"] <= model.validation_metrics_["log_loss"] + 1e-6
    assert model.blend_metrics_["log_loss"] <= model.baseline_metrics_["log_loss"] + 1e-6
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.predict(texts).tolist() == model.predict(texts).tolist()
    np.testing.assert_allclose(loaded.predict_proba(texts), model.predict_proba(texts), atol=1e-5)
    double = pickle.loads(pickle.dumps(model))
    assert np.array_equal(double.predict_proba(texts), model.predict_proba(texts))
    assert clone(model).blend is True


def test_a_regressor_with_the_blends_intervals(
    texts: list[str], prices: list[float], options: dict[str, Any], tmp_path: Path
) -> None:
    model = TextRegressor(**options).fit(texts, prices)
    assert_blended(model, texts)
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_allclose(loaded.predict(texts), model.predict(texts), rtol=1e-5)
    intervals = model.predict_interval(texts, 0.8)
    np.testing.assert_allclose(loaded.predict_interval(texts, 0.8), intervals, rtol=1e-5)
    plain = TextRegressor(**{**options, "blend": False}).fit(texts, prices)
    assert np.ptp(plain.predict_interval(texts, 0.8), axis=1)[0] != pytest.approx(np.ptp(intervals, axis=1)[0])


def test_the_linear_half_learns_from_all_rows_once_everything_is_chosen(
    texts: list[str], labels: list[str], options: dict[str, Any]
) -> None:
    blended = TextClassifier(**options).fit(texts, labels)
    plain = TextClassifier(**{**options, "blend": False}).fit(texts, labels)
    held_out = blended.fitted_.facts["validation_rows"]
    assert held_out > 0
    assert blended.fitted_.baseline.facts["rows"] == len(texts)
    assert plain.fitted_.baseline.facts["rows"] == len(texts) - held_out
    assert blended.baseline_metrics_ == plain.baseline_metrics_, "its figures are of the rows it had not seen"
    assert blended.validation_metrics_ == plain.validation_metrics_


def test_a_joint_model(texts: list[str], labels: list[str], prices: list[float], options: dict[str, Any]) -> None:
    model = JointTextModel(**options, numbers=["price"]).fit(texts, {"mood": labels, "price": prices})
    assert_blended(model, texts)
    assert set(model.predict_proba(texts)) == {"mood"}


def test_without_a_blend_there_is_none(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    model = TextClassifier(**small).fit(texts, labels)
    assert (model.blend_metrics_, model.blend_weights_) == ({}, {})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"baseline": False}, "blend without the linear baseline"),
        ({"validation": 0}, "blend with validation = 0"),
        ({"loss": "quantile"}, "blend of quantiles"),
        ({"settings": {"task": {"loss": "quantile"}}}, "blend of quantiles"),
    ],
)
def test_what_cannot_be_blended(
    changes: dict[str, Any], message: str, texts: list[str], prices: list[float], options: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=message):
        TextRegressor(**{**options, **changes}).fit(texts, prices)
