from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reread import ConfigError, JointTextModel, TextClassifier, TextRegressor, load


def test_a_saved_classifier_answers_the_same(
    tmp_path: Path, texts: list[str], labels: list[str], small: dict[str, Any]
) -> None:
    model = TextClassifier(**{**small, "baseline": True}, class_weights={np.str_("pos"): np.float32(2)}).fit(
        texts, labels
    )
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.predict(texts).tolist() == model.predict(texts).tolist()
    np.testing.assert_allclose(loaded.predict_proba(texts), model.predict_proba(texts), atol=1e-5)
    with pytest.raises(ConfigError, match="exists"):
        model.save(tmp_path / "model")
    config = json.loads((tmp_path / "model" / "config.json").read_text(encoding="utf-8"))
    assert config["data"]["rows"] == len(texts)
    assert config["training"]["class_weights"] == {"pos": 2}


def test_a_saved_regressor_gives_the_same_answers_and_intervals(
    tmp_path: Path, texts: list[str], prices: list[float], small: dict[str, Any]
) -> None:
    model = TextRegressor(**small, validation=0.4).fit(texts, prices)
    (tmp_path / "model").mkdir()
    model.save(tmp_path / "model", overwrite=True)
    loaded = load(tmp_path / "model")
    np.testing.assert_allclose(loaded.predict(texts), model.predict(texts), rtol=1e-5)
    for coverage in (0.5, 0.8):
        intervals = loaded.predict_interval(texts, coverage)
        np.testing.assert_allclose(intervals, model.predict_interval(texts, coverage), rtol=1e-5)


def test_a_saved_joint_model_answers_the_same(
    tmp_path: Path, texts: list[str], labels: list[str], prices: list[float], small: dict[str, Any]
) -> None:
    targets = {"mood": labels, "tags": [[["a"], ["b", "a"], []][k % 3] for k in range(60)], "price": prices}
    model = JointTextModel(**small, numbers=["price"], loss_weights={"mood": np.float32(2)}).fit(texts, targets)
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    for ours, theirs in zip(model.predict(texts), loaded.predict(texts), strict=True):
        assert (ours["mood"], ours["tags"]) == (theirs["mood"], theirs["tags"])
        assert ours["price"] == pytest.approx(theirs["price"], rel=1e-5)
    ours, theirs = model.predict_proba(texts), loaded.predict_proba(texts)
    assert ours.keys() == theirs.keys() == {"mood", "tags"}
    for name, probabilities in ours.items():
        np.testing.assert_allclose(theirs[name], probabilities, atol=1e-5)
