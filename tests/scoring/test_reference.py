from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError
from reread.scoring.reference import Figure, Histogram, figures_of, read_reference, reference_of
from reread.tasks.classification import Classification
from reread.tasks.joint import Joint
from reread.tasks.multilabel import Multilabel
from reread.tasks.ordinal import Ordinal
from reread.tasks.regression import Regression

IDS = [np.array([[0], [3], [4]], dtype=np.int32), np.array([[2]], dtype=np.int32)]
NUMBERS = st.lists(st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0]), min_size=1, max_size=60)


@given(NUMBERS, NUMBERS)
def test_every_text_is_in_one_bin_and_the_mean_is_that_of_all(first: list[float], more: list[float]) -> None:
    one = Histogram.of(Figure(np.array(first)))
    assert one.texts == len(first)
    assert one.counts[0] == one.counts[-1] == 0  # what is below or above all of them would be there
    assert max(one.counts) <= max(len(first) / 10 + 1, max(first.count(value) for value in first) + len(first) / 10 + 1)
    two = one.plus(Figure(np.array(more)))
    assert two.texts == len(first) + len(more)
    assert two.mean == pytest.approx(np.mean(first + more), abs=1e-6)
    parts = one.empty().plus(Figure(np.array(first))).plus(Figure(np.array(more)))
    assert parts.counts == two.counts


def test_a_value_that_most_texts_share_has_a_bin_of_its_own() -> None:
    rates = np.concatenate([np.zeros(950), np.linspace(0.01, 0.5, 50)])
    histogram = Histogram.of(Figure(rates))
    assert 950 in histogram.counts
    assert histogram.empty().plus(Figure(np.array([0.0, 0.001, 0.02]))).counts[histogram.counts.index(950)] == 1


def test_classes_have_a_bin_each_and_very_many_share_some() -> None:
    histogram = Histogram.of(Figure(np.array([0.0, 2.0, 2.0]), ("a", "b", "c", "d")))
    assert (histogram.counts, histogram.names) == ((1, 0, 2, 0), ("a", "b", "c", "d"))
    many = Histogram.of(Figure(np.arange(500.0), tuple(map(str, range(500)))))
    assert many.names == ()
    assert len(many.counts) < 15


@pytest.mark.parametrize(
    ("task", "scores", "expected"),
    [
        (Classification(["n", "p"]), [[0.0, np.log(3)], [np.log(4), 0.0]], {"prediction": [1, 0], "confidence": [0.75, 0.8]}),
        (Ordinal(["low", "high"]), [[np.log(3)], [-np.log(4)]], {"prediction": [1, 0], "confidence": [0.75, 0.8]}),
        (Multilabel(["a", "b"]), [[np.log(3), np.log(4)], [-3.0, -4.0]], {"prediction": [1, 0], "confidence": [0.8, 0.0474], "labels": [2, 0]}),
        (Regression(10, 2), [[0.5], [-1.0]], {"prediction": [11, 8]}),
    ],
)  # fmt: skip
def test_figures(task: Any, scores: Any, expected: dict[str, list[float]]) -> None:
    figures = figures_of(task, IDS, scores)
    assert figures["length"].values.tolist() == [3, 1]
    assert figures["unknown words"].values == pytest.approx([1 / 3, 0], abs=1e-4)
    assert set(figures) == {"length", "unknown words", *expected}
    for name, values in expected.items():
        assert figures[name].values == pytest.approx(values, abs=1e-4)


def test_a_joint_model_has_the_figures_of_each_target() -> None:
    task = Joint({"topic": Classification(["n", "p"]), "stars": Regression(3, 1)})
    figures = figures_of(task, IDS, [[0.0, 1.0, 0.5], [1.0, 0.0, -0.5]])
    assert list(figures) == ["length", "unknown words", "topic.prediction", "topic.confidence", "stars.prediction"]


def test_a_reference_is_read_as_it_was_written_and_is_small() -> None:
    task, random = Classification([f"class {k}" for k in range(20)]), np.random.default_rng(0)
    ids = [random.integers(0, 50, (random.integers(1, 300), 1)).astype(np.int32) for _ in range(1000)]
    written = json.dumps(reference_of(task, ids, random.normal(size=(1000, 20))))
    assert len(written) < 4000
    read = read_reference(json.loads(written))
    assert {name: histogram.to_config() for name, histogram in read.items()} == json.loads(written)
    assert reference_of(task, [], np.zeros((0, 20))) == {}


@pytest.mark.parametrize(
    "broken",
    [5, {"length": 5}, {"length": {}}, {"length": {"edges": [1.0], "counts": [1]}}, {"length": {"edges": [2.0, 1.0], "counts": [1, 1, 1]}},
     {"length": {"edges": [], "counts": [0]}}, {"length": {"edges": [1.0], "counts": [2, -1]}}, {"length": {"edges": [1.0], "counts": [2, 1], "names": ["a"]}},
     {"length": {"edges": ["a"], "counts": [2, 1]}}, {"length": {"edges": [], "counts": [2], "color": 1}}],
)  # fmt: skip
def test_a_strange_reference_is_refused(broken: Any) -> None:
    with pytest.raises(ConfigError, match=r"metrics.json: reference"):
        read_reference(broken)
