from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError, DataError
from reread.model.base import Model
from reread.model.blend import Blend, blend, learn_weights
from reread.model.criteria import criteria
from reread.tasks import Task, tasks
from reread.tasks.joint import Joint
from reread.tasks.regression import Regression
from support.task_cases import CASES, perfect_scores

ROWS = 60


class Table(Model):
    """A model that knows the scores of some texts."""

    def __init__(self, task: Task, texts: Sequence[str], scores: np.ndarray) -> None:
        super().__init__(task)
        self.table = dict(zip(texts, scores, strict=True))

    def scores(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self.table[text] for text in texts]).reshape(len(texts), self.task.size)

    def spans(self, text: str) -> list[Any]:
        raise NotImplementedError


def many(targets: Any) -> Any:
    if isinstance(targets, dict):
        return {name: column * (ROWS // 5) for name, column in targets.items()}
    return targets * (ROWS // 5)


def criterion(task: Any, targets: Any, scores: np.ndarray, weights: Any = None) -> float:
    """What learned weights should make small, from the public metrics."""
    figures = task.metrics(targets, scores, weights)
    parts = task.parts if task.name == "joint" else {"": task}
    total = 0.0
    for name, part in parts.items():
        prefix = f"{name}." if name else ""
        loss = figures.get(f"{prefix}log_loss", figures.get(f"{prefix}rmse", 0) / getattr(part, "scale", 1))
        total += loss * (task.weights[name] / sum(task.weights.values()) if name else 1)
    return total


def noisy(task: Task, targets: Any, random: np.random.Generator, models: int) -> list[np.ndarray]:
    """Scores of models that are partly right, each with errors of its own."""
    right = np.clip(perfect_scores(task, targets), -2, 2)
    return [right + random.normal(size=right.shape) * random.uniform(0.5, 4) for _ in range(models)]


def test_every_task_names_a_criterion_and_every_criterion_is_named() -> None:
    assert {tasks.get(name).blend_criterion for name in tasks} == set(criteria)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_no_other_weights_are_better(case: Any, weighted: bool) -> None:  # noqa: FBT001
    random = np.random.default_rng(len(case.task))
    targets = many(case.targets)
    task = tasks.get(case.task).fit(targets, **case.options)
    scores = noisy(task, targets, random, models=3)
    rows = random.uniform(0, 2, ROWS) * (random.random(ROWS) < 0.7) if weighted else None
    found = learn_weights(task, scores, targets, rows)
    assert found == learn_weights(task, scores, targets, rows)
    assert min(found) >= 0
    assert sum(found) == pytest.approx(1, abs=1e-12)
    best = criterion(task, targets, task.mix(scores, found), rows)
    near = np.abs(np.array(found) + random.normal(size=(50, 3)) * 0.05)
    others = [*np.eye(3), *random.dirichlet(np.ones(3), 100), *(near / near.sum(axis=1, keepdims=True))]
    assert best <= min(criterion(task, targets, task.mix(scores, other), rows) for other in others) + 1e-6


@given(st.integers(0, 2**32 - 1))
def test_a_model_that_is_always_right_gets_all_the_weight(seed: int) -> None:
    random = np.random.default_rng(seed)
    task = tasks.get("classification").fit(["a", "b"])
    targets = [["a", "b"][k] for k in random.integers(0, 2, 20)]
    right, wrong = perfect_scores(task, targets), random.normal(size=(20, 2))
    assert learn_weights(task, [wrong, right], targets) == pytest.approx((0, 1), abs=1e-6)
    assert learn_weights(task, [wrong, -right, wrong], targets)[1] < 0.7


def test_equal_models_share() -> None:
    task = tasks.get("classification").fit(["a", "b"])
    assert learn_weights(task, [np.eye(2), np.eye(2)], ["a", "b"]) == (0.5, 0.5)


def test_rows_without_weight_teach_nothing() -> None:
    task = Regression(mean=0, scale=1)
    scores = [np.array([[1.0], [9.0]]), np.array([[5.0], [2.0]])]
    assert learn_weights(task, scores, [1.0, 2.0], [1, 0]) == pytest.approx((1, 0), abs=1e-6)
    assert learn_weights(task, scores, [1.0, 2.0], [0, 1]) == pytest.approx((0, 1), abs=1e-6)


@pytest.mark.parametrize(
    ("scores", "targets", "weights", "message"),
    [
        ([], ["a"], None, "0 models and 1 rows"),
        ([np.zeros((1, 2))], ["a"], [0], "1 models and 0 rows that count"),
        ([np.zeros((0, 2))], [], None, "1 models and 0 rows that count"),
        ([np.zeros((1, 2)), np.zeros((2, 2))], ["a"], None, r"model 1 has scores of shape \(2, 2\); expected"),
        ([np.full((1, 2), np.nan)], ["a"], None, r"model 0 has scores of shape \(1, 2\), some not finite"),
        ([np.zeros((1, 2))], ["c"], None, 'unknown label "c"'),
        ([np.zeros((1, 2))], ["a"], [-1], "a row's weight is -1"),
    ],
)
def test_what_no_weights_can_be_learned_from(scores: Any, targets: Any, weights: Any, message: str) -> None:
    task = tasks.get("classification").fit(["a", "b"])
    with pytest.raises(DataError, match=message):
        learn_weights(task, scores, targets, weights)


# Models that answer together


def test_a_blend_answers_with_the_average() -> None:
    texts = [f"text {k}" for k in range(ROWS)]
    targets = ["a", "b", "c"] * (ROWS // 3)
    task = tasks.get("classification").fit(targets)
    scores = noisy(task, targets, np.random.default_rng(0), models=2)
    models = [Table(task, texts, own) for own in scores]
    both = blend(models, texts, targets, calibration="none")
    assert both.weights == learn_weights(task, scores, targets)
    first, second = (np.asarray(model.predict_proba(texts)) for model in models)
    found = np.asarray(both.predict_proba(texts))
    np.testing.assert_allclose(found, both.weights[0] * first + both.weights[1] * second, rtol=1e-9)
    assert both.predict(texts).tolist() == [task.classes[index] for index in found.argmax(axis=1)]  # type: ignore[attr-defined]
    assert both.predict([]).tolist() == []
    assert isinstance(blend([both, models[0]], texts, targets), Blend), "a blend is a model"
    with pytest.raises(DataError, match="no residuals"):
        both.predict_interval(texts)


def test_numbers_are_averaged_in_their_own_units_with_intervals() -> None:
    """Two models trained on other rows standardise by other means and deviations."""
    texts = [f"text {k}" for k in range(ROWS)]
    truth = np.linspace(0, 10, ROWS)
    near, far = Regression(mean=5, scale=2), Regression(mean=100, scale=0.5, loss="huber")
    answers = [truth + np.sin(np.arange(ROWS)), truth - np.sin(np.arange(ROWS))]
    models = [
        Table(task, texts, ((own - task.mean) / task.scale)[:, None])
        for task, own in zip((near, far), answers, strict=True)
    ]
    both = blend(models, texts, truth.tolist())
    assert both.weights == pytest.approx((0.5, 0.5), abs=1e-6)
    np.testing.assert_allclose(both.predict(texts), truth, atol=1e-5)
    widths = np.diff(both.predict_interval(texts, 0.9), axis=1)
    assert (widths < 1e-4).all(), "made of the blend's errors, not of a model's"


def test_joint_parts_are_averaged_in_their_own_units() -> None:
    texts, classes = ["x", "y"], {"task": "classification", "classes": ["a", "b"]}
    first, second = (
        Joint({"mood": classes, "price": {"task": "regression", "mean": mean, "scale": scale}})
        for mean, scale in ((0.0, 1.0), (10.0, 2.0))
    )
    one = Table(first, texts, np.array([[9.0, 0.0, 4.0], [0.0, 9.0, 6.0]]))
    same = Table(second, texts, np.array([[9.0, 0.0, -3.0], [0.0, 9.0, -2.0]]))
    both = blend([one, same], texts, {"mood": ["a", "b"], "price": [4.0, 6.5]})
    assert both.predict(texts).tolist() == [
        {"mood": "a", "price": pytest.approx(4)},
        {"mood": "b", "price": pytest.approx(6)},
    ]


def named(task: Task) -> Table:
    return Table(task, [], np.zeros((0, task.size)))


AB, AC = (tasks.get("classification").fit(list(classes)) for classes in ("ab", "ac"))
NUMBER = Regression(mean=0, scale=1)


@pytest.mark.parametrize(
    ("models", "message"),
    [
        ([named(AB)], "1 model to blend; at least two"),
        ([named(AB), named(AC)], r"model 1 answers Classification\(classes=\['a', 'c'\]\), model 0 .*the same classes"),
        ([named(AB), named(NUMBER)], "all need the same classes"),
        ([named(AB), named(AB), named(tasks.get("multilabel").fit([["a"], ["b"]]))], "model 2 answers Multilabel"),
        ([named(NUMBER), named(Regression(mean=0, scale=1, loss="quantile"))], "model 1 answers Regression"),
        ([named(Joint({"x": AB, "y": AC})), named(Joint({"y": AC, "x": AB}))], "model 1 answers Joint"),
        ([named(AB), "model.reread"], "model 1 is str; expected what reread.load gives"),
    ],
)
def test_models_that_answer_differently_are_refused(models: list[Any], message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        blend(models, [], [])
    assert "\n" not in str(caught.value)


def test_a_blend_refuses_a_calibration_that_it_cannot_learn() -> None:
    with pytest.raises(ConfigError, match='calibration = "isotonic": this regression has no probabilities'):
        blend([named(NUMBER)] * 2, [], [], calibration="isotonic")


def test_a_blend_refuses_what_is_no_weight_and_no_list_of_texts() -> None:
    with pytest.raises(ConfigError, match=r"blend weights 0\.5, 0\.6; each must be at least 0 and their sum 1"):
        Blend(AB, [named(AB), named(AB)], [0.5, 0.6])
    with pytest.raises(DataError, match="texts is one string"):
        Blend(AB, [named(AB)], [1]).predict("one string")  # type: ignore[arg-type]
    with pytest.raises(
        DataError, match=r'texts is a table \(DataFrame\); give its column of texts, such as table\["text"\]'
    ):
        Blend(AB, [named(AB)], [1]).predict(pd.DataFrame({"text": ["a"]}))  # type: ignore[arg-type]


def test_blending_loads_neither_torch_nor_scikit_learn() -> None:
    code = "import sys; import reread.model.blend; print({'torch', 'sklearn', 'scipy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


class Networked(Table):
    """One that has a network, which reads a text as one span."""

    def network_share(self) -> float:
        return 0.5

    def network(self) -> Any:
        return "its network"

    def spans(self, text: str) -> list[Any]:
        return [(0, len(text))]


def test_a_blend_reads_texts_as_its_first_network_does_and_counts_its_share() -> None:
    task, texts = tasks.get("classification").fit(["a", "b"]), ["x", "yy"]
    scores = np.zeros((2, task.size))
    linear, network = Table(task, texts, scores), Networked(task, texts, scores)
    mixed = Blend(task, [linear, network, network], [0.5, 0.4, 0.1])
    assert mixed.spans("yy") == [(0, 2)]
    assert mixed.network() == "its network"
    assert mixed.network_share() == pytest.approx(0.4 * 0.5)
    with pytest.raises(NotImplementedError):
        Blend(task, [linear, linear], [0.5, 0.5]).spans("x")
    assert Blend(task, [linear, linear], [0.5, 0.5]).network_share() == 0
