"""Sets of classes and abstaining; sets and intervals are those of crepes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from crepes import ConformalClassifier, ConformalRegressor
from crepes.extras import hinge

from reread.errors import ConfigError, DataError
from reread.scoring.abstaining import overrules
from reread.scoring.intervals import conformal_intervals, conformal_sets, held_out_residuals
from reread.scoring.learning import learn_postprocessor
from reread.scoring.postprocessor import Postprocessor
from reread.scoring.predict_options import PredictOptions
from reread.tasks import Task
from reread.tasks.classification import Classification
from reread.tasks.joint import Joint
from reread.tasks.multilabel import Multilabel
from reread.tasks.ordinal import Ordinal
from reread.tasks.regression import Regression

FIVE = Classification(["a", "b", "c", "d", "e"])
COVERAGES = [0.5, 0.8, 0.9, 0.95]


def drawn(rows: int, seed: int = 0, task: Classification = FIVE) -> tuple[np.ndarray, list[Any]]:
    """Scores, and targets drawn by their chances."""
    random = np.random.default_rng(seed)
    scores = random.normal(size=(rows, task.size)) * 1.5
    return scores, [task.classes[random.choice(task.size, p=row)] for row in task.probabilities(scores)]


@pytest.mark.parametrize("coverage", COVERAGES)
def test_sets_are_those_of_crepes_and_the_answer(coverage: float) -> None:
    (scores, targets), (new, _) = drawn(200), drawn(100, seed=1)
    theirs = ConformalClassifier()
    theirs.fit(hinge(FIVE.probabilities(scores), np.array(FIVE.classes), np.array(targets)))
    expected = theirs.predict_set(hinge(FIVE.probabilities(new)), confidence=coverage, smoothing=False) > 0
    expected[np.arange(100), FIVE.choice(new)] = True
    found = conformal_sets(FIVE, new, held_out_residuals(FIVE, targets, scores), coverage)
    assert np.array_equal(found, expected)
    assert 1 < found.sum(axis=1).mean() < 5


@pytest.mark.parametrize("coverage", COVERAGES)
def test_intervals_are_those_of_crepes(coverage: float) -> None:
    random, task = np.random.default_rng(0), Regression(mean=3.0, scale=2.0)
    scores, new = random.normal(size=(150, 1)), random.normal(size=(40, 1))
    truth = np.array(task.predict(scores)) + random.standard_t(3, 150)
    theirs = ConformalRegressor().fit(truth - np.array(task.predict(scores)))
    expected = theirs.predict_int(np.array(task.predict(new)), confidence=coverage)
    found = conformal_intervals(task.predict(new), held_out_residuals(task, truth.tolist(), scores), coverage)
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_sets_hold_the_truth_as_often_as_they_say() -> None:
    held = []
    for seed in range(100):
        (scores, targets), (new, truth) = drawn(99, seed), drawn(200, seed + 1000)
        sets = Postprocessor(FIVE, residuals=held_out_residuals(FIVE, targets, scores)).sets(new, 0.9)
        held += [label in members for label, members in zip(truth, sets, strict=True)]
    assert np.mean(held) == pytest.approx(0.9, abs=0.01)


def test_a_set_is_never_empty_and_has_no_gaps_where_classes_are_ordered() -> None:
    task, random = Ordinal([1, 2, 3, 4, 5]), np.random.default_rng(0)
    scores = np.sort(random.normal(size=(300, 4)) * 4)[:, ::-1]
    targets = random.integers(1, 6, 300).tolist()
    for coverage in (0.05, 0.6):
        postprocessor = Postprocessor(task, residuals=held_out_residuals(task, targets, scores))
        for answer, members in zip(postprocessor.predict(scores), postprocessor.sets(scores, coverage), strict=True):
            assert answer in members
            assert members == list(range(members[0], members[-1] + 1))
    postprocessor = Postprocessor(FIVE, residuals=np.zeros(100))
    assert postprocessor.sets(drawn(50)[0], 0.9) == [[answer] for answer in postprocessor.predict(drawn(50)[0])]


def test_calibrated_chances_make_the_sets() -> None:
    scores, targets = drawn(400)
    postprocessor = learn_postprocessor(FIVE, scores * 5, targets, calibration="temperature")
    plain = learn_postprocessor(FIVE, scores, targets)
    sizes = [
        np.mean([len(members) for members in each])
        for each in (postprocessor.sets(scores * 5, 0.9), plain.sets(scores, 0.9))
    ]
    assert sizes[0] == pytest.approx(sizes[1], abs=0.05)


@pytest.mark.parametrize("task", [Multilabel(["a", "b"]), Regression(0.0, 1.0)], ids=lambda task: task.name)
def test_what_has_no_sets(task: Task) -> None:
    with pytest.raises(DataError, match=f"this {task.name} model has no residuals for sets of classes"):
        Postprocessor(task, residuals=[0.1] * 99).sets(np.zeros((1, task.size)), 0.9)


def test_classes_have_no_intervals_and_an_old_folder_no_sets() -> None:
    with pytest.raises(DataError, match="this classification model has no residuals for intervals"):
        Postprocessor(FIVE, residuals=[0.1] * 99).intervals(np.zeros((1, 5)), 0.9)
    with pytest.raises(DataError, match="this classification model has no residuals for sets"):
        Postprocessor(FIVE).sets(np.zeros((1, 5)), 0.9)
    with pytest.raises(DataError, match="needs at least 9 validation rows, but there are 3"):
        Postprocessor(FIVE, residuals=[0.1] * 3).sets(np.zeros((1, 5)), 0.9)


# Abstaining

TWO = Classification(["ham", "spam"])
SCORES = np.log([[0.9, 0.1], [0.4, 0.6], [0.21, 0.79]])


def test_what_is_not_sure_enough_is_left_out() -> None:
    assert Postprocessor(TWO).predict(SCORES, 0.7) == ["ham", None, "spam"]
    assert Postprocessor(TWO).predict(SCORES, 0.8) == ["ham", None, None]
    columns = Postprocessor(TWO).columns(SCORES, PredictOptions(abstain_below=0.7))
    assert list(columns) == ["prediction", "abstained", "probability:ham", "probability:spam"]
    assert (columns["prediction"], columns["abstained"]) == (["ham", None, "spam"], [False, True, False])


@pytest.mark.parametrize(
    ("task", "below", "expected"),
    [
        (TWO, 0.9, False),
        (TWO.deciding([0.13]), 0.13, False),
        (TWO.deciding([0.13]), 0.2, True),
        (TWO.deciding([0.9]), 0.2, True),
        (FIVE, 0.9, False),
        (Multilabel(["a", "b"], [0.1, 0.2]), 0.9, False),
        (Joint({"kind": TWO.deciding([0.13]), "price": Regression(0.0, 1.0)}), 0.2, True),
    ],
)
def test_what_a_threshold_gives_can_be_left_out_again(task: Task, below: float, *, expected: bool) -> None:
    assert overrules(task, below) is expected


def test_everything_that_is_asked_for() -> None:
    postprocessor = Postprocessor(TWO, residuals=np.linspace(0, 0.5, 50))
    columns = postprocessor.columns(SCORES, PredictOptions(abstain_below=0.7, sets=0.9))
    assert list(columns) == ["prediction", "abstained", "probability:ham", "probability:spam", "set"]
    assert columns["set"] == postprocessor.sets(SCORES, 0.9) == [["ham"], ["spam"], ["spam"]]
    numbers = Postprocessor(Regression(0.0, 1.0), residuals=np.linspace(0, 1, 101))
    columns = numbers.columns([[1.0], [2.0]], PredictOptions(interval=0.9))
    assert list(columns) == ["prediction", "lower", "upper"]
    assert np.subtract(columns["upper"], columns["lower"]) == pytest.approx([2 * 0.91, 2 * 0.91])


@pytest.mark.parametrize("below", [0.0, 1.5, -1, float("nan")])
def test_what_is_no_probability(below: float) -> None:
    with pytest.raises(ConfigError, match=re.escape(f"abstain_below = {below}: expected a probability")):
        Postprocessor(TWO).predict(SCORES, below)


@pytest.mark.parametrize("task", [Multilabel(["a", "b"]), Regression(0.0, 1.0)], ids=lambda task: task.name)
def test_what_cannot_be_unsure(task: Task) -> None:
    with pytest.raises(DataError, match=f"a {task.name} model does not choose one class"):
        Postprocessor(task).predict(np.zeros((1, task.size)), 0.5)
