from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from reread.errors import ConfigError
from reread.monitoring.histogram import Histogram
from reread.monitoring.reference import answer_figures, figures_of, read_reference, reference_of
from reread.scoring.calibration.temperature import Temperature
from reread.scoring.joint_postprocessor import JointPostprocessor, postprocessor_of
from reread.scoring.postprocessor import Postprocessor
from reread.tasks.classification import Classification
from reread.tasks.joint import Joint
from reread.tasks.multilabel import Multilabel
from reread.tasks.ordinal import Ordinal
from reread.tasks.regression import Regression

USUAL = {"edges": [1.0], "counts": [3, 4], "mean": 1.0, "names": []}
IDS = [np.array([[0], [3], [4]], dtype=np.int32), np.array([[2]], dtype=np.int32)]


@pytest.mark.parametrize(
    ("task", "scores", "expected"),
    [
        (Classification(["n", "p"]), [[0.0, np.log(3)], [np.log(4), 0.0]], {"prediction": [1, 0], "confidence": [0.75, 0.8]}),
        (Classification(["n", "p"], thresholds=[0.78]), [[0.0, np.log(3)], [0.0, np.log(4)]], {"prediction": [0, 1], "confidence": [0.25, 0.8]}),
        (Ordinal(["low", "high"]), [[np.log(3)], [-np.log(4)]], {"prediction": [1, 0], "confidence": [0.75, 0.8]}),
        (Ordinal(["a", "b", "c"]), [[np.log(1.5), np.log(9 / 11)], [9.0, 9.0]], {"prediction": [1, 2], "confidence": [0.15, 0.9999]}),  # the median
        (Multilabel(["a", "b"]), [[np.log(3), np.log(4)], [-3.0, -4.0]], {"prediction": [1, 2], "confidence": [0.8, 0.0474], "labels": [2, 0]}),
        (Multilabel(["a", "b"], [0.7, 0.9]), [[np.log(3), np.log(4)], [-3.0, -4.0]], {"prediction": [0, 2], "confidence": [0.8, 0.0474], "labels": [1, 0]}),
        (Regression(10, 2), [[0.5], [-1.0]], {"prediction": [11, 8]}),
    ],
)  # fmt: skip
def test_figures(task: Any, scores: Any, expected: dict[str, list[float]]) -> None:
    figures = figures_of(postprocessor_of(task), IDS, scores)
    assert figures["length"].values.tolist() == [3, 1]
    assert figures["unknown words"].values == pytest.approx([1 / 3, 0], abs=1e-4)
    assert set(figures) == {"length", "unknown words", *expected}
    for name, values in expected.items():
        assert figures[name].values == pytest.approx(values, abs=1e-4)


def test_figures_are_those_of_the_answers_that_users_see() -> None:
    postprocessor = Postprocessor(Classification(["n", "p"], thresholds=[0.3]), Temperature(2.0))
    scores = np.random.default_rng(0).normal(0, 2, (200, 2))
    figures, sure = answer_figures(postprocessor, scores), postprocessor.probabilities(scores)
    assert [figures["prediction"].names[int(k)] for k in figures["prediction"].values] == postprocessor.predict(scores)
    answered = sure[np.arange(200), figures["prediction"].values.astype(int)]
    assert figures["confidence"].values == pytest.approx(answered, abs=1e-4)


def test_a_joint_model_has_the_figures_of_each_target_as_its_own_postprocessor_answers() -> None:
    topic = Postprocessor(Multilabel(["a", "b"], [0.9, 0.7]), Temperature(2.0))
    stars = Postprocessor(Regression(3, 1))
    joint = JointPostprocessor(Joint({"topic": topic.task, "stars": stars.task}), {"topic": topic, "stars": stars})
    scores = np.array([[3.0, 1.0, 0.5], [1.0, 2.0, -0.5]])
    figures = answer_figures(joint, scores)
    each = {"topic": answer_figures(topic, scores[:, :2]), "stars": answer_figures(stars, scores[:, 2:])}
    assert list(figures) == ["topic.prediction", "topic.confidence", "topic.labels", "stars.prediction"]
    for name, figure in figures.items():
        part, what = name.split(".")
        assert figure.values.tolist() == each[part][what].values.tolist()
    assert figures["topic.labels"].values.tolist() == [0, 1]


def test_a_number_that_many_texts_share_stays_in_its_bin_whatever_rounds_it() -> None:
    random, postprocessor = np.random.default_rng(0), Postprocessor(Regression(3.1, 0.7))
    scores = np.concatenate([random.normal(size=(2400, 1)), np.full((900, 1), 0.3137)])
    bins = Histogram.of(answer_figures(postprocessor, scores)["prediction"])
    for noise in (1e-7, -1e-7):
        now = bins.empty().plus(answer_figures(postprocessor, scores + noise)["prediction"])
        assert np.abs(np.array(now.counts) - bins.counts).max() <= 2


def test_a_reference_is_read_as_it_was_written_and_is_small() -> None:
    postprocessor, random = Postprocessor(Classification([f"class {k}" for k in range(20)])), np.random.default_rng(0)
    ids = [random.integers(0, 50, (random.integers(1, 300), 1)).astype(np.int32) for _ in range(1000)]
    written = json.dumps(reference_of(postprocessor, ids, random.normal(size=(1000, 20)), "linear"))
    assert len(written) < 4000
    groups, (read, part) = json.loads(written), read_reference(json.loads(written))
    assert {name: own.to_config() for name, own in read.items()} == {**groups["texts"], **groups["answers"]}
    assert list(read) == ["length", "unknown words", "prediction", "confidence"]
    assert part == "linear"
    assert reference_of(postprocessor, [], np.zeros((0, 20)), "linear") == {}


def test_a_reference_that_names_no_part_is_of_the_network() -> None:
    groups = {"texts": {"length": USUAL, "unknown words": USUAL}, "answers": {"prediction": USUAL}}
    assert read_reference(groups).part == "network"
    assert read_reference({**groups, "part": "stack"}).part == "stack"


def test_of_a_reference_of_before_the_texts_figures_are_read() -> None:
    before = dict.fromkeys(("length", "unknown words", "prediction", "confidence", "labels"), USUAL)
    assert list(read_reference(before).figures) == ["length", "unknown words"]


@pytest.mark.parametrize(
    "broken",
    [5, {}, {"texts": {}}, {"texts": {}, "answers": {}}, {"texts": 5, "answers": {}}, {"texts": {"length": USUAL}, "answers": {}},
     {"texts": {"length": USUAL, "unknown words": USUAL}, "answers": {}, "part": 3}, {"length": USUAL}, {"length": 5, "unknown words": USUAL}, {"texts": {"length": 5, "unknown words": USUAL}, "answers": {}}],
)  # fmt: skip
def test_a_strange_reference_is_refused(broken: Any) -> None:
    with pytest.raises(ConfigError, match=r"metrics.json: reference"):
        read_reference(broken)


@pytest.mark.parametrize(
    "broken",
    [{}, {"edges": [1.0], "counts": [1]}, {"edges": [2.0, 1.0], "counts": [1, 1, 1]}, {"edges": [], "counts": [0]}, {"edges": [1.0], "counts": [2, -1]},
     {"edges": [1.0], "counts": [2, 1], "names": ["a"]}, {"edges": ["a"], "counts": [2, 1]}, {"edges": [], "counts": [2], "color": 1}],
)  # fmt: skip
def test_a_strange_histogram_is_refused(broken: Any) -> None:
    with pytest.raises(ConfigError, match=r"metrics.json: reference: prediction"):
        read_reference({"texts": {"length": USUAL, "unknown words": USUAL}, "answers": {"prediction": broken}})
