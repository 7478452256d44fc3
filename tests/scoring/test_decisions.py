"""Thresholds: each rule finds the best one there is, and a folder that was changed is refused."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import ConfigError
from reread.scoring.decisions import rules
from reread.scoring.decisions.base import candidates
from reread.scoring.decisions.learning import (
    check_decides,
    describe_thresholds,
    learn_thresholds,
    parse_rule,
    with_thresholds,
)
from reread.tasks import Task, task_from_config
from reread.tasks.class_task import ClassTask
from reread.tasks.classification import Classification
from reread.tasks.joint import Joint
from reread.tasks.multilabel import Multilabel
from reread.tasks.ordinal import Ordinal
from reread.tasks.regression import Regression

LABELS = Multilabel(["a", "b", "c"])
TWO = Classification(["ham", "spam"])
LEVELS = np.linspace(0, 1, 101)
ROWS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.5, 0.7, 0.9]), st.sampled_from([0.5, 1.0, 2.0])),
    min_size=1,
    max_size=40,
)


def columns(rows: Any) -> list[np.ndarray]:
    return [np.array(column) for column in zip(*rows, strict=True)]


def level(rule: str, rows: Any) -> float:
    return parse_rule(rule).choose(candidates(*columns(rows)))


@given(ROWS)
def test_no_other_threshold_has_a_better_f1(rows: Any) -> None:
    truth, chances, weights = columns(rows)

    def f1(threshold: float) -> float:
        found = chances > threshold
        return 2 * weights[found & truth].sum() / max(weights[found].sum() + weights[truth].sum(), 1e-9)

    assert f1(level("f1", rows)) >= max(map(f1, LEVELS)) - 1e-12 or not truth.any()


@given(ROWS, st.sampled_from([0.5, 0.8, 1.0]))
def test_the_stated_precision_is_kept_with_as_many_hits_as_can_be(rows: Any, precision: float) -> None:
    truth, chances, weights = columns(rows)

    def given_at(threshold: float) -> tuple[float, float]:
        found = chances > threshold
        return weights[found & truth].sum(), weights[found].sum()

    hits, all_given = given_at(level(f"precision={precision}", rows))
    assert hits >= precision * all_given
    for threshold in LEVELS:
        other, others_given = given_at(threshold)
        assert other <= hits or other < precision * others_given


@given(ROWS, st.sampled_from(["10:1", "1:3", "0.5:0.5"]))
def test_no_other_threshold_costs_less(rows: Any, costs: str) -> None:
    truth, chances, weights = columns(rows)
    missed, alarm = map(float, costs.split(":"))

    def cost(threshold: float) -> float:
        found = chances > threshold
        return missed * weights[truth & ~found].sum() + alarm * weights[found & ~truth].sum()

    assert cost(level(f"cost={costs}", rows)) <= min(map(cost, LEVELS)) + 1e-9 or not truth.any()


def test_what_the_rows_do_not_say() -> None:
    never = [(False, 0.3, 1.0), (False, 0.6, 1.0)]
    assert level("f1", never) == 0.5
    assert level("precision=0.9", never) == 1.0
    assert level("cost=3:1", never) == 0.25, "which costs as much either way, if the chance holds"
    assert level("cost=1:1", [(True, 0.001, 1.0)]) == pytest.approx(0.0005), "given to every row"


def test_every_rule_is_tried_here() -> None:
    assert set(rules) == {"cost", "f1", "precision"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f2", 'unknown decision rule "f2". Known: cost, f1, precision'),
        ("f1=0.3", 'f1=0.3: the rule takes no value; use "f1"'),
        ("precision", "precision=: expected a share above 0 and up to 1"),
        ("precision=90", "precision=90: expected a share"),
        ("precision=0", "precision=0: expected a share"),
        ("cost=10", "cost=10: expected MISSED:ALARM, both above 0"),
        ("cost=0:1", "cost=0:1: expected MISSED:ALARM"),
        ("cost=inf:1", "cost=inf:1: expected MISSED:ALARM"),
        ("cost=a:b", "cost=a:b: expected MISSED:ALARM"),
    ],
)
def test_what_is_no_rule(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        parse_rule(text)


# Tasks that decide


def scores_of(task: Task, rows: int = 60) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(rows, task.size)) * 2


def targets_of(task: Task, scores: np.ndarray) -> Any:
    """What the scores say, half of the time."""
    random = np.random.default_rng(1)
    return task.predict(np.where(random.random((len(scores), 1)) < 0.5, scores, random.permutation(scores)))


@pytest.mark.parametrize("task", [LABELS, TWO], ids=lambda task: task.name)
@pytest.mark.parametrize("rule", ["f1", "precision=0.7", "cost=5:1"])
def test_a_task_decides_by_what_was_learned(task: ClassTask, rule: str) -> None:
    scores = scores_of(task)
    learned = learn_thresholds(task, parse_rule(rule), scores, targets_of(task, scores))
    deciding = with_thresholds(task, json.loads(json.dumps(learned)))
    assert deciding.thresholds.tolist() == learned
    again = task_from_config(json.loads(json.dumps(deciding.to_config())))
    assert again.columns(scores) == deciding.columns(scores)
    assert deciding.predict(scores) != task.predict(scores)


def test_the_second_of_two_classes_is_answered_above_its_threshold() -> None:
    deciding = with_thresholds(TWO, [0.2])
    scores = np.log([[0.79, 0.21], [0.81, 0.19], [0.1, 0.9]])
    assert deciding.predict(scores) == ["spam", "ham", "spam"]
    np.testing.assert_allclose(deciding.probabilities(scores), np.exp(scores))
    np.testing.assert_allclose(deciding.confidence(scores), [0.21, 0.81, 0.9])
    assert deciding.metrics(["spam", "ham", "spam"], scores)["accuracy"] == 1
    assert describe_thresholds(deciding) == '"spam" above 0.2'
    assert describe_thresholds(with_thresholds(LABELS, [0.25, 1, 0.5])) == '"a" above 0.25, "b" never, "c" above 0.5'
    assert describe_thresholds(LABELS, most=1) == '"a" above 0.5 and 2 more'
    never = with_thresholds(LABELS, [0.25, 1, 1])
    assert describe_thresholds(never, most=2) == '"a" above 0.25, "b" never and 1 more; 2 of 3 labels are never given'
    joint = Joint({"tags": LABELS, "kind": deciding, "price": Regression(0.0, 1.0)})
    assert describe_thresholds(joint).endswith('"c" above 0.5, kind: "spam" above 0.2')


@pytest.mark.parametrize(
    ("task", "thresholds", "message"),
    [
        (LABELS, [0.5], "1 thresholds for 3 classes that have one"),
        (LABELS, [0.5, 0.5, 2], "config.json: decision: thresholds = 2: expected a number from 0 to 1"),
        (LABELS, "half", 'config.json: decision: thresholds = "half": expected a list'),
        (Classification(["x", "y", "z"]), [0.5], "1 thresholds for 0 classes"),
        (Ordinal([1, 2]), [0.5], "1 thresholds for 0 classes"),
        (Regression(0.0, 1.0), [0.5], "a regression uses none"),
    ],
)
def test_thresholds_that_do_not_fit(task: Task, thresholds: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        with_thresholds(task, thresholds)


@pytest.mark.parametrize("task", [Regression(0.0, 1.0), Classification(["x", "y", "z"]), Ordinal([1, 2, 3])])
def test_tasks_that_decide_by_none_are_told(task: Task) -> None:
    with pytest.raises(ConfigError, match=f"this {task.name} uses no thresholds"):
        check_decides(task)
