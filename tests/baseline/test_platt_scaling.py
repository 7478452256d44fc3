"""How scores of texts that a model has not seen show what its scores are worth."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reread.baseline.fitters import Problem, problems_of
from reread.baseline.platt_scaling import FACTORS, PlattScaling
from reread.tasks import tasks
from support.linear import ones

ROWS = 2000
RANDOM = np.random.default_rng(5)


def drawn(loss: str) -> tuple[Problem, NDArray[np.float64]]:
    """A problem whose targets were drawn by true scores, (rows, scores), and these."""
    random = np.random.default_rng(3)
    if loss == "softmax":
        true = random.normal(size=(ROWS, 3)) * 2
        chances = np.exp(true - np.logaddexp.reduce(true, axis=1, keepdims=True))
        labels = [int(random.choice(3, p=each)) for each in chances]
        task = tasks.get("classification").fit(labels)
        targets = task.encode(labels)
    elif loss == "separate":
        true = random.normal(size=(ROWS, 2)) * 2 + [0, -1]
        each = random.random((ROWS, 2)) < 1 / (1 + np.exp(-true))
        labels = [[name for name, on in zip("ab", row, strict=True) if on] for row in each]
        task = tasks.get("multilabel").fit(labels)
        targets = task.encode(labels)
    elif loss == "logistic":
        true = random.normal(size=(ROWS, 1)) * 2
        labels = ["b" if draw else "a" for draw in random.random(ROWS) < 1 / (1 + np.exp(-true[:, 0]))]
        task = tasks.get("classification").fit(labels)
        targets = task.encode(labels)
    else:
        true = random.normal(size=(ROWS, 1))
        task = tasks.get("regression").fit((true[:, 0] + random.normal(size=ROWS) * 0.1).tolist(), loss="squared")
        targets = task.encode((true[:, 0] + random.normal(size=ROWS) * 0.1).tolist())
    [problem] = problems_of(task, targets, ones(ROWS))
    return problem, true


LOSSES = ("logistic", "softmax", "separate", "squared")


def mean_loss(problem: Problem, scores: Any) -> float:
    return float(problem.losses(np.asarray(scores, np.float32)).mean())


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("sureness", "off"), [(1.3, 0.7), (0.5, -0.4), (1.0, 1.0)])
def test_scores_that_are_too_sure_and_off_are_read_as_the_true_ones(loss: str, sureness: float, off: float) -> None:
    problem, true = drawn(loss)
    distorted = (true * sureness + off * np.arange(1, true.shape[1] + 1)).astype(np.float32)
    read = PlattScaling.fit(problem, distorted, ones(ROWS)).apply(problem, distorted)
    assert mean_loss(problem, distorted) > mean_loss(problem, true)
    assert mean_loss(problem, read) < mean_loss(problem, true) + 0.005


@pytest.mark.parametrize("loss", LOSSES)
def test_scores_that_are_right_stay(loss: str) -> None:
    problem, true = drawn(loss)
    scaling = PlattScaling.fit(problem, true.astype(np.float32), ones(ROWS))
    np.testing.assert_allclose(scaling.factors, 1, atol=0.2)
    assert np.ptp(scaling.shifts) < 0.3


@pytest.mark.parametrize("loss", LOSSES)
def test_texts_without_weight_have_no_say(loss: str) -> None:
    problem, true = drawn(loss)
    spoiled = true.copy()
    spoiled[::2] = RANDOM.normal(size=spoiled[::2].shape) * 20
    weights = np.arange(ROWS) % 2
    found = PlattScaling.fit(problem, spoiled.astype(np.float32), weights.astype(np.float32))
    same = PlattScaling.fit(problem, true.astype(np.float32), weights.astype(np.float32))
    np.testing.assert_allclose(found.factors, same.factors, rtol=1e-4)
    np.testing.assert_allclose(found.shifts, same.shifts, atol=1e-3)


@pytest.mark.parametrize("loss", LOSSES)
def test_few_texts_change_little(loss: str) -> None:
    """Two texts, both answered wrongly and surely."""
    problem, true = drawn(loss)
    two = np.flatnonzero(np.arange(ROWS) < 2)
    few = Problem(**{**vars(problem), "targets": problem.targets[two], "members": problem.members[:2]})
    scores = -5 * true[two].astype(np.float32)
    scaling = PlattScaling.fit(few, scores, ones(2))
    assert (scaling.factors >= 0.99 * FACTORS[0]).all()
    assert (scaling.factors <= 1.01 * FACTORS[-1]).all()
    assert mean_loss(few, scaling.apply(few, scores)) < mean_loss(few, scores)
    assert np.isfinite(scaling.shifts).all()


def test_numbers_are_read_by_the_line_of_least_squares() -> None:
    problem, true = drawn("squared")
    scores = (0.5 * true + 0.3).astype(np.float32)
    scaling = PlattScaling.fit(problem, scores, ones(ROWS))
    slope, intercept = np.polyfit(scores[:, 0], problem.targets[:, 0], 1)
    np.testing.assert_allclose(scaling.apply(problem, scores)[:, 0], slope * scores[:, 0] + intercept, atol=0.01)


def test_it_is_written_and_read_as_json() -> None:
    scaling = PlattScaling(np.array([0.5, 1], np.float32), np.array([-0.1, 2], np.float32))
    again = PlattScaling.from_config(json.loads(json.dumps(scaling.to_config())))
    np.testing.assert_array_equal(again.factors, scaling.factors)
    np.testing.assert_array_equal(again.shifts, scaling.shifts)
