"""Every calibration against the same promises."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import log_softmax
from sklearn.isotonic import IsotonicRegression

from reread.errors import ConfigError, DataError
from reread.scoring.calibration import calibrations
from reread.scoring.calibration.isotonic import Isotonic, rising_curve
from reread.scoring.calibration.learning import calibration_from_config, fit_calibration
from reread.scoring.calibration.temperature import Temperature
from reread.scoring.postprocessor import Postprocessor
from reread.tasks import Task, tasks
from reread.tasks.classification import Classification
from reread.tasks.multilabel import Multilabel
from reread.tasks.regression import Regression
from support.task_cases import CASES, Case


def curve(log_odds: list[float], chances: list[float]) -> dict[str, list[float]]:
    return {"log_odds": log_odds, "chances": chances}


ABC = Classification(["a", "b", "c"])


@pytest.fixture(params=[name for name, case in CASES.items() if case.task != "joint"])
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def task(case: Case) -> Task:
    return tasks.get(case.task).fit(case.targets, **case.options)


def drawn(task: Classification, rows: int, boldness: float, seed: int = 0) -> tuple[np.ndarray, list[Any]]:
    """Scores whose chances are exactly right, made bolder, and targets drawn by the chances as they were."""
    random = np.random.default_rng(seed)
    scores = random.normal(size=(rows, task.size)) * 1.5
    chances = task.probabilities(scores)
    targets = [task.classes[random.choice(len(row), p=row)] for row in chances]
    return scores * boldness, targets


def test_all_are_known() -> None:
    assert set(calibrations) == {"isotonic", "none", "temperature"}


@pytest.mark.parametrize("method", list(calibrations))
def test_it_is_the_same_when_read_again(method: str, case: Case, task: Task) -> None:
    scores = np.random.default_rng(0).normal(size=(40, task.size))
    fitted = fit_calibration(method, task, scores, case.targets * 8)
    again = calibration_from_config(json.loads(json.dumps(fitted.to_config(), allow_nan=False)), task)
    new = np.random.default_rng(1).normal(size=(30, task.size)) * 5
    assert np.array_equal(again.apply(new), fitted.apply(new))
    assert again.describe() == fitted.describe()


@pytest.mark.parametrize("method", list(calibrations))
def test_a_row_does_not_depend_on_the_rows_beside_it(method: str, case: Case, task: Task) -> None:
    random = np.random.default_rng(0)
    fitted = fit_calibration(method, task, random.normal(size=(40, task.size)), case.targets * 8)
    new = (random.normal(size=(20, task.size)) * 10).astype(np.float32)
    together = fitted.apply(new)
    assert together.shape == new.shape
    assert np.isfinite(together).all()
    assert np.array_equal(np.concatenate([fitted.apply(new[k : k + 1]) for k in range(20)]), together)
    assert fitted.apply(new[:0]).shape == (0, task.size)


@pytest.mark.parametrize("method", sorted(set(calibrations) - {"none"}))
@pytest.mark.parametrize("boldness", [0.2, 3.0])
def test_probabilities_hold_on_new_rows(method: str, boldness: float) -> None:
    scores, targets = drawn(ABC, 4000, boldness)
    new, truth = drawn(ABC, 4000, boldness, seed=1)
    raw = Postprocessor(ABC).metrics(truth, new)
    found = Postprocessor(ABC, fit_calibration(method, ABC, scores, targets)).metrics(truth, new)
    assert found["log_loss"] < raw["log_loss"] - 0.05
    assert raw["calibration_error"] > 0.15
    assert found["calibration_error"] < 0.04


@pytest.mark.parametrize("boldness", [0.25, 1.0, 4.0])
def test_temperature_finds_how_bold_the_scores_are(boldness: float) -> None:
    fitted = fit_calibration("temperature", ABC, *drawn(ABC, 4000, boldness))
    assert isinstance(fitted, Temperature)
    assert fitted.temperature == pytest.approx(boldness, rel=0.05)
    assert fitted.describe() == f"temperature {fitted.temperature:.3g}"


@given(st.integers(0, 2**32 - 1))
def test_no_other_temperature_has_a_lower_log_loss(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores, truth = random.normal(size=(200, 3)) * random.choice([0.1, 1, 10, 1000]), random.integers(0, 3, 200)
    targets, weights = [ABC.classes[k] for k in truth], random.uniform(0, 2, 200)
    fitted = fit_calibration("temperature", ABC, scores, targets, weights)
    assert isinstance(fitted, Temperature)

    def loss(temperature: float) -> float:
        found = -log_softmax(scores / temperature, axis=1)[np.arange(200), truth]
        return 200 * np.average(found, weights=weights) + np.log(temperature) ** 2 / 2

    best = loss(fitted.temperature)
    assert all(best <= loss(temperature) * (1 + 1e-6) for temperature in np.geomspace(0.01, 100, 50))


def test_one_row_that_is_surely_wrong_counts_for_how_sure_it_was() -> None:
    task = Classification(["a", "b"])
    scores, targets = np.array([[50.0, 0.0]] * 29 + [[400.0, 0.0]]), ["a"] * 29 + ["b"]
    fitted = fit_calibration("temperature", task, scores, targets)
    assert isinstance(fitted, Temperature)
    assert fitted.temperature == pytest.approx(34.656, abs=0.001), (
        "kept off 0, the chance of that row would let it stay 1"
    )


def test_temperature_changes_no_answer(task: Task) -> None:
    scores = np.random.default_rng(0).normal(size=(500, task.size)).astype(np.float32)
    for temperature in (0.037, 7.3):
        same = task.predict(Temperature(temperature).apply(scores)) == task.predict(scores)
        assert same or task.name == "regression"


def test_rows_that_are_all_right_do_not_make_every_chance_1() -> None:
    scores = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]] * 10)
    fitted = fit_calibration("temperature", ABC, scores, ["a", "b", "c"] * 10)
    confidence = ABC.confidence(fitted.apply(scores))
    assert (confidence > 0.95).all()
    assert (confidence < 0.9999).all()


def test_few_rows_say_little_of_scores_that_are_nearly_calibrated() -> None:
    scores = np.array([[0.5, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.5]] * 5)
    unknown, known = (
        fit_calibration("temperature", ABC, scores, ["a", "b", "c"] * 5, spread=each) for each in (1, 0.2)
    )
    assert isinstance(unknown, Temperature)
    assert isinstance(known, Temperature)
    assert unknown.temperature < 0.3
    assert 0.7 < known.temperature < 1
    many = fit_calibration("temperature", ABC, *drawn(ABC, 4000, 3.0), spread=0.2)
    assert isinstance(many, Temperature)
    assert many.temperature == pytest.approx(3, rel=0.05)


@pytest.mark.parametrize("method", list(calibrations))
def test_rows_of_weight_0_teach_nothing(method: str) -> None:
    scores, targets = drawn(ABC, 50, 3.0)
    wrong = [*targets, *(["a"] * 50)]
    both = np.concatenate([scores, np.full((50, 3), [0, 0, 5.0])])
    found = fit_calibration(method, ABC, both, wrong, [2.0] * 50 + [0.0] * 50)
    assert found.to_config() == fit_calibration(method, ABC, scores, targets).to_config()


def test_numbers_are_left_as_they_are() -> None:
    task = Regression.fit([1.0, 2.0, 4.0])
    scores = np.array([[0.5], [1.0], [-1.0]], dtype=np.float32)
    assert np.array_equal(fit_calibration("temperature", task, scores, [1.0, 2.0, 4.0]).apply(scores), scores)


def test_labels_share_a_temperature() -> None:
    random = np.random.default_rng(0)
    task = Multilabel(["a", "b"])
    scores = random.normal(size=(4000, 2)) * 2
    given = random.random((4000, 2)) < task.probabilities(scores)
    targets = [[task.classes[k] for k in np.flatnonzero(row)] for row in given]
    fitted = fit_calibration("temperature", task, scores * 2, targets)
    assert isinstance(fitted, Temperature)
    assert fitted.temperature == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ([], "config.json: calibration holds no table"),
        ({}, 'config.json: calibration lacks "method"'),
        ({"method": "temprature"}, 'unknown calibration "temprature". Did you mean "temperature"?'),
        ({"method": "temperature"}, 'config.json: calibration lacks "temperature"'),
        ({"method": "temperature", "temperature": 0}, "temperature = 0: expected a number above 0"),
        ({"method": "temperature", "temperature": "hot"}, 'temperature = "hot": expected a number'),
        ({"method": "isotonic", "curves": []}, "0 curves for a classification of 3 scores"),
        ({"method": "isotonic", "curves": 3 * [{"log_odds": [0]}]}, 'curve 0 lacks "chances"'),
        (
            {"method": "isotonic", "curves": 3 * [curve([0, 1], [0.5])]},
            "curve 0 of 2 and 1 numbers; expected the same number",
        ),
        ({"method": "isotonic", "curves": 3 * [curve([], [])]}, "curve 0 of 0 and 0 numbers"),
        ({"method": "isotonic", "curves": 3 * [curve([1, 0], [0.1, 0.2])]}, "each rising"),
        ({"method": "isotonic", "curves": 3 * [curve([0, 1], [0.3, 0.2])]}, "each rising"),
        ({"method": "isotonic", "curves": 3 * [curve([0, 1], [0.3, 1.0])]}, "chances = 1.0: expected a number above 0"),
    ],
)
def test_what_is_no_calibration(config: Any, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        calibration_from_config(config, ABC)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("scores", "targets", "weights", "message"),
    [
        (np.zeros((2, 2)), ["a", "b"], None, r"scores of shape \(2, 2\); expected \(2, 3\)"),
        (np.zeros((1, 3)), ["a", "b"], None, r"scores of shape \(1, 3\); expected \(2, 3\)"),
        (np.zeros((1, 3)), ["d"], None, 'unknown label "d"'),
        (np.zeros((1, 3)), ["a"], [0], "all 1 rows have weight 0"),
    ],
)
def test_what_nothing_can_be_learned_from(scores: Any, targets: Sequence[Any], weights: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        fit_calibration("temperature", ABC, scores, targets, weights)


# Isotonic


@given(
    st.lists(st.tuples(st.integers(-8, 8), st.booleans(), st.sampled_from([0.5, 1.0, 2.0])), min_size=1, max_size=60)
)
def test_the_blocks_are_those_of_scikit_learn(rows: list[tuple[int, bool, float]]) -> None:
    said, came_true, weights = (np.array(column) for column in zip(*rows, strict=True))
    found = rising_curve(said.astype(float), came_true, weights)
    theirs = IsotonicRegression().fit(said, came_true, weights).predict(said)
    blocks = [np.isclose(theirs, share) for share in found.chances]
    assert np.sum(blocks) == len(rows), "each row in one block"
    middles = [np.average(said[block], weights=weights[block]) for block in blocks]
    np.testing.assert_allclose(found.log_odds, middles, atol=1e-9)
    assert (np.diff(found.chances) > 0).all()


def test_two_classes_have_one_curve_seen_from_both_sides() -> None:
    task = Classification(["a", "b"])
    scores, targets = drawn(task, 300, 3.0)
    fitted = fit_calibration("isotonic", task, scores, targets)
    assert isinstance(fitted, Isotonic)
    a, b = fitted.curves
    np.testing.assert_allclose(a.log_odds, -b.log_odds[::-1], atol=1e-9)
    np.testing.assert_allclose(a.chances, 1 - b.chances[::-1], atol=1e-9)
    chances = task.probabilities(fitted.apply(scores))
    curve_of_b = np.interp(task.log_odds(scores)[:, 1], b.log_odds, b.chances)
    np.testing.assert_allclose(chances[:, 1], curve_of_b, atol=1e-9)


def test_what_never_happened_keeps_some_chance() -> None:
    task = Classification(["a", "b", "never"])
    scores = np.random.default_rng(0).normal(size=(100, 3))
    fitted = fit_calibration("isotonic", task, scores, ["a", "b"] * 50)
    chances = task.probabilities(fitted.apply(scores * 100))
    assert (chances > 0.001).all()
    assert (chances[:, 2] < 0.01).all()


def test_it_mends_a_bias_that_no_temperature_can() -> None:
    scores, targets = drawn(ABC, 4000, 1.0)
    new, truth = drawn(ABC, 4000, 1.0, seed=1)
    bias = np.array([2.0, 0.0, 0.0])
    cold, curved = (
        Postprocessor(ABC, fit_calibration(method, ABC, scores + bias, targets)).metrics(truth, new + bias)
        for method in ("temperature", "isotonic")
    )
    assert curved["accuracy"] > cold["accuracy"] + 0.02
    assert curved["log_loss"] < cold["log_loss"] - 0.1


def test_the_order_of_an_ordinal_task_stays() -> None:
    task = tasks.get("ordinal").fit([1, 2, 3, 4])
    random = np.random.default_rng(0)
    scores = random.normal(size=(200, 3)) * 3
    fitted = fit_calibration("isotonic", task, scores, random.integers(1, 5, 200).tolist())
    chances = np.asarray(task.probabilities(fitted.apply(random.normal(size=(200, 3)) * 3)))
    assert (chances >= 0).all()
    np.testing.assert_allclose(chances.sum(axis=1), 1)
