"""A learning curve and its sentences."""

from __future__ import annotations

import json

import numpy as np
import pytest

from reread.baseline.learning_curve.curve import LearningCurve, curve_of, told
from reread.baseline.learning_curve.measuring import Measured

SIZES = np.array([75.0, 150.0, 225.0, 270.0])


def measured(figures: np.ndarray, noise: float = 0.002) -> Measured:
    random = np.random.default_rng(0)
    return Measured(
        sizes=SIZES,
        figures=figures + random.normal(0, noise, (4, 4)),
        jackknife=figures + random.normal(0, noise, (20, 4)) / 5,
    )


def curve(metric: str = "accuracy", *, better: bool = True, target: str = "", rising: bool = True) -> LearningCurve:
    error = 0.05 + 2 * SIZES**-0.5
    figures = 1 - error if better else error
    return curve_of(measured(figures if rising else figures[::-1]), 300, metric, higher_is_better=better, target=target)


def test_the_curve_goes_on_as_it_went() -> None:
    found = curve()
    true = [1 - 0.05 - 2 * (300 * share) ** -0.5 for share in (0.25, 0.5, 0.75, 1.0)]
    for point, truth in zip(found.points, true, strict=True):
        assert point.low <= truth <= point.high
    assert [point.rows for point in found.points] == [75, 150, 225, 300]
    assert found.gain.labels == 100
    assert found.gain.low <= 2 * (300**-0.5 - 400**-0.5) <= found.gain.high


def test_smaller_errors_are_gains_too() -> None:
    up, down = curve(), curve("rmse", better=False)
    assert down.gain.value == pytest.approx(up.gain.value, abs=0.005)
    assert down.points[0].figure > down.points[-1].figure


def test_more_labels_are_not_said_to_do_harm_though_they_may() -> None:
    gain = curve(rising=False).gain
    assert gain.value == 0
    assert gain.low < 0 < gain.high


@pytest.mark.parametrize(
    ("metric", "better", "words"),
    [
        ("accuracy", True, "points of accuracy ("),
        ("quadratic_kappa", True, " of quadratic kappa ("),
        ("rmse", False, "more labels would lower the rmse by about 0.0"),
    ],
)
def test_every_figure_has_its_unit(metric: str, better: bool, words: str) -> None:  # noqa: FBT001
    sentence = curve(metric, better=better).sentence()
    assert sentence.startswith("100 more labels would ")
    assert words in sentence
    assert ("points" in sentence) == (metric == "accuracy")


def test_points_are_hundredths() -> None:
    found = curve()
    gain = found.gain
    assert f"about {100 * gain.value:+.1f} points of accuracy ({100 * gain.low:.1f} to {100 * gain.high:.1f})" in (
        found.sentence()
    )


def test_a_target_of_several_is_named_once() -> None:
    found = curve("mood.accuracy", target="mood")
    assert found.metric == "accuracy"
    assert found.sentence().startswith("mood: 100 more labels")


def test_a_curve_is_kept_as_json() -> None:
    found = curve()
    assert LearningCurve.from_config(json.loads(json.dumps(found.to_config()))) == found


def test_it_is_told_whose_curve_it_is() -> None:
    assert list(told([], network=True)) == []
    *_, alone = told([curve()], network=False)
    *_, both = told([curve()], network=True)
    assert "without the network" in both
    assert "network" not in alone
    assert "In 8 cases of 10" in alone
