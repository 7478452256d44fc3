"""Estimators whose probabilities are calibrated on the rows held out, in memory and from their folder."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from reread import BundleError, ConfigError, DataError, JointTextModel, TextClassifier, TextRegressor, load
from reread.bundle import ANSWERS, read_bundle, save
from reread.scoring.calibration import calibrations
from reread.wording import number
from support import folders


@pytest.fixture
def options(small: dict[str, Any]) -> dict[str, Any]:
    return {**small, "baseline": True, "validation": 0.4}


@pytest.fixture
def noisy(labels: list[str]) -> list[str]:
    return [label if k % 5 else "odd" for k, label in enumerate(labels)]


@pytest.mark.parametrize(("method", "answer"), list(product(calibrations, ANSWERS)))
def test_in_memory_and_loaded_alike(
    method: str, *, answer: str, texts: list[str], noisy: list[str], options: dict[str, Any], tmp_path: Path
) -> None:
    model = TextClassifier(**options, answer=answer, calibration=method).fit(texts, noisy)
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.predict(texts).tolist() == model.predict(texts).tolist()
    np.testing.assert_allclose(loaded.predict_proba(texts), model.predict_proba(texts), atol=1e-5)
    raw = model.task_.probabilities(model.scores(texts))
    assert np.allclose(raw, model.predict_proba(texts), atol=1e-6) == (method == "none")
    config = json.loads((tmp_path / "model" / "config.json").read_text(encoding="utf-8"))
    assert {part: each["method"] for part, each in config["calibration"].items()} == dict.fromkeys(ANSWERS, method)
    assert clone(model).calibration == method


def test_temperature_changes_figures_of_chances_only(
    texts: list[str], noisy: list[str], options: dict[str, Any]
) -> None:
    model = TextClassifier(**options).fit(texts, noisy)
    plain = TextClassifier(**options, calibration="none").fit(texts, noisy)
    assert model.calibration == "temperature"
    assert model.predict(texts).tolist() == plain.predict(texts).tolist()
    assert model.fitted_.parts()["stack"].uncalibrated == plain.validation_metrics_
    for part in ("validation_metrics_", "network_metrics_", "baseline_metrics_"):
        after, before = getattr(model, part), getattr(plain, part)
        assert after["accuracy"] == before["accuracy"]
        assert after["log_loss"] < before["log_loss"]


def test_the_card_tells(texts: list[str], noisy: list[str], options: dict[str, Any], tmp_path: Path) -> None:
    model = TextClassifier(**options).fit(texts, noisy)
    model.save(tmp_path / "model")
    card = (tmp_path / "model" / "README.md").read_text(encoding="utf-8")
    words = model.fitted_.postprocessor.calibrated_by()
    before, after = model.fitted_.parts()["stack"].uncalibrated, model.validation_metrics_
    change = f"log loss {number(before['log_loss'])} became {number(after['log_loss'])}"
    assert f"calibrated on the rows held out ({words}): {change}" in card
    assert "rows that also stopped the training" in card


def test_a_joint_model_part_by_part(
    texts: list[str], noisy: list[str], prices: list[float], options: dict[str, Any], tmp_path: Path
) -> None:
    model = JointTextModel(**options, answer="network", numbers=["price"]).fit(texts, {"mood": noisy, "price": prices})
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    chances = model.predict_proba(texts)["mood"]
    np.testing.assert_allclose(loaded.predict_proba(texts)["mood"], chances, atol=1e-5)
    raw = model.task_.parts["mood"].probabilities(model.scores(texts)[:, :3])
    assert np.array_equal(chances.argmax(axis=1), raw.argmax(axis=1))
    assert np.abs(chances - raw).max() > 1e-4
    assert [answer["price"] for answer in model.predict(texts)] == [
        answer["price"] for answer in model.task_.predict(model.scores(texts))
    ]


def test_without_rows_held_out_nothing_is_learned(texts: list[str], noisy: list[str], options: dict[str, Any]) -> None:
    model = TextClassifier(**{**options, "validation": 0}).fit(texts, noisy)
    raw = model.task_.probabilities(model.scores(texts))
    np.testing.assert_array_equal(model.predict_proba(texts), raw)


def test_an_unknown_calibration_is_told(texts: list[str], noisy: list[str], options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r'unknown calibration "isotonics". Did you mean "isotonic"\?'):
        TextClassifier(**options, calibration="isotonics").fit(texts, noisy)


def test_a_calibration_that_was_asked_for_and_cannot_be_learned_is_refused(
    texts: list[str], noisy: list[str], prices: list[float], options: dict[str, Any]
) -> None:
    asked = {**options, "calibration": "isotonic"}
    with pytest.raises(ConfigError, match='calibration = "isotonic" with validation = 0: it is learned on rows held'):
        TextClassifier(**{**asked, "validation": 0}).fit(texts, noisy)
    message = 'calibration = "isotonic": this regression has no probabilities to calibrate; leave it out'
    with pytest.raises(ConfigError, match=message):
        TextRegressor(**asked).fit(texts, prices)
    numbers = {"price": prices, "weight": prices}
    with pytest.raises(ConfigError, match="this joint has no probabilities"):
        JointTextModel(**asked, numbers=list(numbers)).fit(texts, numbers)


# Decisions, sets, abstaining


@pytest.mark.parametrize("rule", ["f1", "precision=0.6", "cost=10:1"])
def test_two_classes_decide_alike_in_memory_and_loaded(
    rule: str, texts: list[str], labels: list[str], options: dict[str, Any], tmp_path: Path
) -> None:
    mixed = [label if k % 4 else "pos" for k, label in enumerate(labels)]
    model = TextClassifier(**options, decide=rule).fit(texts, mixed)
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    decision = json.loads((tmp_path / "model" / "config.json").read_text(encoding="utf-8"))["decision"]
    assert decision["rule"] == rule
    assert set(decision["thresholds"]) == set(ANSWERS)
    (threshold,) = decision["thresholds"]["stack"]
    answers = model.predict(texts).tolist()
    assert answers == [["neg", "pos"][int(row[1] > threshold)] for row in model.predict_proba(texts)]
    assert loaded.predict(texts).tolist() == answers
    assert f"by the rule {rule}:" in (tmp_path / "model" / "README.md").read_text(encoding="utf-8")


def test_labels_decide_each_by_its_own_threshold(
    texts: list[str], labels: list[str], options: dict[str, Any], tmp_path: Path
) -> None:
    tags = [[label, *(["third"] if k % 3 == 0 else [])] for k, label in enumerate(labels)]
    model = TextClassifier(**options, decide="f1").fit(texts, tags)
    plain = TextClassifier(**options).fit(texts, tags)
    assert model.validation_metrics_["macro_f1"] > plain.validation_metrics_["macro_f1"]
    model.save(tmp_path / "model")
    assert load(tmp_path / "model").predict(texts).tolist() == model.predict(texts).tolist()
    assert len(set(model.fitted_.postprocessor.task.thresholds)) == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decide": "f3"}, 'unknown decision rule "f3"'),
        ({"decide": "f1", "validation": 0}, "thresholds are learned on rows held out"),
        ({"decide": "f1"}, "this classification uses no thresholds"),
    ],
)
def test_rules_that_cannot_be(
    changes: dict[str, Any], message: str, texts: list[str], noisy: list[str], options: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError, match=message):
        TextClassifier(**{**options, **changes}).fit(texts, noisy)


def test_sets_and_abstaining_alike_in_memory_and_loaded(
    texts: list[str], noisy: list[str], options: dict[str, Any], tmp_path: Path
) -> None:
    model = TextClassifier(**options, answer="network").fit(texts, noisy)
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    sets = model.predict_set(texts, 0.8)
    assert loaded.predict_set(texts, 0.8) == sets
    assert all(answer in members for answer, members in zip(model.predict(texts), sets, strict=True))
    confidence = model.predict_proba(texts).max(axis=1)
    assert np.ptp(confidence) > 1e-3, "else this test shows little"
    below = float(confidence.min() + confidence.max()) / 2
    answers = model.predict(texts, abstain_below=below)
    assert [answer is None for answer in answers] == (confidence < below).tolist()
    assert loaded.predict(texts, abstain_below=below).tolist() == answers.tolist()
    assert 0 < sum(answer is None for answer in answers) < len(texts)


def test_a_folder_of_before_answers_as_before_and_says_what_it_lacks() -> None:
    old = load(folders.OLD)
    assert old.postprocessor.calibrated_by() == ""
    with pytest.raises(DataError, match="no residuals for sets of classes"):
        old.predict_set(["a lovely film"])
    assert old.predict(["a lovely film"], abstain_below=0.5) == ["praise"]


def test_the_parts_of_a_joint_model_alike_in_memory_and_loaded(
    texts: list[str], noisy: list[str], prices: list[float], options: dict[str, Any], tmp_path: Path
) -> None:
    targets = {"mood": noisy, "tags": [[label] for label in noisy], "price": prices}
    model = JointTextModel(**options, numbers=["price"], decide="f1").fit(texts, targets)
    model.save(tmp_path / "model")
    loaded, chances = load(tmp_path / "model"), model.predict_proba(texts)
    assert loaded.predict_set(texts, 0.8) == model.predict_set(texts, 0.8)
    assert list(model.predict_set(texts, 0.8)) == ["mood"]
    np.testing.assert_allclose(
        loaded.predict_interval(texts, 0.8)["price"], model.predict_interval(texts, 0.8)["price"], rtol=1e-5
    )
    assert list(model.predict_interval(texts, 0.8)) == ["price"]
    below = min(1.0, float(np.median(chances["mood"].max(axis=1))) + 1e-4)
    answers = model.predict(texts, abstain_below=below)
    assert loaded.predict(texts, abstain_below=below).tolist() == answers.tolist()
    assert [answer["mood"] is None for answer in answers] == (chances["mood"].max(axis=1) < below).tolist()
    decision = json.loads((tmp_path / "model" / "config.json").read_text(encoding="utf-8"))["decision"]
    given = chances["tags"] > decision["thresholds"]["stack"]["tags"]
    assert [answer["tags"] for answer in answers] == [
        [str(tag) for tag in model.classes_["tags"][row]] for row in given
    ]


def test_a_joint_folder_of_before_says_that_it_has_no_residuals(
    texts: list[str], labels: list[str], prices: list[float], options: dict[str, Any], tmp_path: Path
) -> None:
    model = JointTextModel(**options, numbers=["price"]).fit(texts, {"mood": labels, "price": prices})
    model.save(tmp_path / "new")
    new = folders.artefacts_of(read_bundle(tmp_path / "new"))
    before = {key: [] for key in ("residuals", "baseline_residuals", "stack_residuals")}
    save(replace(new, metrics={**new.metrics, **before}), tmp_path / "old")
    old = load(tmp_path / "old")
    assert old.predict(texts).tolist() == load(tmp_path / "new").predict(texts).tolist()
    with pytest.raises(DataError, match="this joint model has no residuals for sets of classes"):
        old.predict_set(texts)
    with pytest.raises(DataError, match="this joint model has no residuals for intervals"):
        old.predict_interval(texts)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("calibration", "hot", "config.json: calibration"),
        ("calibration", {"network": {"method": "hot"}}, 'unknown calibration "hot"'),
        ("decision", {"rule": "f1"}, 'config.json: decision lacks "thresholds"'),
        ("decision", {"rule": "f1", "thresholds": {"network": [0.5, 0.5]}}, "2 thresholds for 1 classes"),
        ("decision", {"rule": "f1", "thresholds": {"network": "half"}}, "decision: thresholds"),
    ],
)
def test_a_folder_that_was_changed_is_refused(key: str, value: Any, message: str, tmp_path: Path) -> None:
    old = folders.artefacts_of(read_bundle(folders.OLD))
    save(replace(old, config=replace(old.config, **{key: value})), tmp_path / "model")
    with pytest.raises(BundleError, match=message):
        load(tmp_path / "model")
