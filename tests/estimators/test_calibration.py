"""Estimators whose probabilities are calibrated on the rows held out, in memory and from their folder."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from reread import ConfigError, JointTextModel, TextClassifier, load
from reread.scoring.calibration import calibrations


@pytest.fixture
def options(small: dict[str, Any]) -> dict[str, Any]:
    return {**small, "baseline": True, "validation": 0.4}


@pytest.fixture
def noisy(labels: list[str]) -> list[str]:
    return [label if k % 5 else "odd" for k, label in enumerate(labels)]


@pytest.mark.parametrize(("method", "blend"), list(product(calibrations, [False, True])))
def test_in_memory_and_loaded_alike(
    method: str, *, blend: bool, texts: list[str], noisy: list[str], options: dict[str, Any], tmp_path: Path
) -> None:
    model = TextClassifier(**options, blend=blend, calibration=method).fit(texts, noisy)
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.predict(texts) == model.predict(texts).tolist()
    np.testing.assert_allclose(loaded.predict_proba(texts), model.predict_proba(texts), atol=1e-5)
    raw = model.task_.probabilities(model.fitted_.scores(texts))
    assert np.allclose(raw, model.predict_proba(texts), atol=1e-6) == (method == "none")
    config = json.loads((tmp_path / "model" / "config.json").read_text(encoding="utf-8"))
    parts = ["network", "baseline", "blend"] if blend else ["network", "baseline"]
    assert {part: each["method"] for part, each in config["calibration"].items()} == dict.fromkeys(parts, method)
    assert clone(model).calibration == method


def test_temperature_changes_figures_of_chances_only(
    texts: list[str], noisy: list[str], options: dict[str, Any]
) -> None:
    model = TextClassifier(**options).fit(texts, noisy)
    plain = TextClassifier(**options, calibration="none").fit(texts, noisy)
    assert model.calibration == "temperature"
    assert model.predict(texts).tolist() == plain.predict(texts).tolist()
    assert model.fitted_.judged.uncalibrated == plain.validation_metrics_
    assert model.validation_metrics_["accuracy"] == plain.validation_metrics_["accuracy"]
    for part, before in (
        ("validation_metrics_", plain.validation_metrics_),
        ("baseline_metrics_", plain.baseline_metrics_),
    ):
        assert getattr(model, part)["log_loss"] < before["log_loss"]


def test_the_card_tells(texts: list[str], noisy: list[str], options: dict[str, Any], tmp_path: Path) -> None:
    model = TextClassifier(**options).fit(texts, noisy)
    model.save(tmp_path / "model")
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    words = model.fitted_.readout.calibration.describe()
    before, after = model.fitted_.judged.uncalibrated, model.validation_metrics_
    assert (
        f"calibrated on these rows ({words}): log loss {before['log_loss']:.4g} became {after['log_loss']:.4g}" in card
    )
    assert "rows that also stopped the training" in card


def test_a_joint_model_part_by_part(
    texts: list[str], noisy: list[str], prices: list[float], options: dict[str, Any], tmp_path: Path
) -> None:
    model = JointTextModel(**options, numbers=["price"]).fit(texts, {"mood": noisy, "price": prices})
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    chances = model.predict_proba(texts)["mood"]
    np.testing.assert_allclose(loaded.predict_proba(texts)["mood"], chances, atol=1e-5)
    raw = model.task_.parts["mood"].probabilities(model.fitted_.scores(texts)[:, :3])
    assert np.array_equal(chances.argmax(axis=1), raw.argmax(axis=1))
    assert np.abs(chances - raw).max() > 1e-4
    assert [answer["price"] for answer in model.predict(texts)] == [
        answer["price"] for answer in model.task_.predict(model.fitted_.scores(texts))
    ]


def test_without_rows_held_out_nothing_is_learned(texts: list[str], noisy: list[str], options: dict[str, Any]) -> None:
    model = TextClassifier(**{**options, "validation": 0}).fit(texts, noisy)
    raw = model.task_.probabilities(model.fitted_.scores(texts))
    np.testing.assert_array_equal(model.predict_proba(texts), raw)


def test_an_unknown_calibration_is_told(texts: list[str], noisy: list[str], options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r'unknown calibration "isotonics". Did you mean "isotonic"\?'):
        TextClassifier(**options, calibration="isotonics").fit(texts, noisy)
