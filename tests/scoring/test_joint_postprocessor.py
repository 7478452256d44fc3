"""A joint model is read as its parts are, each by itself, and read again from what was learned."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from reread.errors import ConfigError, DataError
from reread.scoring.calibration import calibrations
from reread.scoring.joint_postprocessor import AnyPostprocessor, JointPostprocessor, postprocessor_of
from reread.scoring.learning import learn_postprocessor
from reread.scoring.postprocessor import Postprocessor
from reread.scoring.predict_options import PredictOptions
from reread.tasks.classification import Classification
from reread.tasks.joint import Joint
from reread.tasks.multilabel import Multilabel
from reread.tasks.ordinal import Ordinal
from reread.tasks.regression import Regression
from support.task_cases import CASES

TWO = Classification(["ham", "spam"])
PARTS = {
    "kind": TWO,
    "topic": Classification(["x", "y", "z"]),
    "stars": Ordinal([1, 2, 3, 4]),
    "tags": Multilabel(["a", "b"]),
    "price": Regression(3.0, 2.0),
}
ALL = Joint(PARTS, {"price": 2.0})
NO_SETS = Joint({"tags": PARTS["tags"], "price": PARTS["price"]})
NO_INTERVALS = Joint({"kind": TWO, "tags": PARTS["tags"]})


def drawn(rows: int, seed: int = 0, task: Joint = ALL) -> tuple[np.ndarray, dict[str, list[Any]]]:
    """Scores, and targets drawn by their chances, of numbers with errors of their own."""
    random = np.random.default_rng(seed)
    scores, targets = random.normal(size=(rows, task.size)) * 1.5, {}
    for name, place in task.slices().items():
        part = task.parts[name]
        if isinstance(part, Ordinal):  # a higher class is less likely to be reached
            scores[:, place] = np.sort(scores[:, place])[:, ::-1]
        own = scores[:, place]
        chances = part.probabilities(own)
        if isinstance(part, Regression):
            targets[name] = (np.array(part.predict(own)) + random.standard_t(3, rows)).tolist()
        elif isinstance(part, Multilabel):
            targets[name] = [[part.classes[k] for k in np.flatnonzero(random.random(2) < row)] for row in chances]
        else:
            targets[name] = [part.classes[random.choice(len(row), p=row)] for row in chances]
    return scores, targets


def learned(task: Joint = ALL, rows: int = 99, **how: Any) -> AnyPostprocessor:
    scores, targets = drawn(rows, task=task)
    return learn_postprocessor(task, scores * 2, targets, **how)


@pytest.mark.parametrize("method", list(calibrations))
def test_each_part_learns_by_itself_and_is_the_same_when_read_again(method: str) -> None:
    scores, targets = drawn(80)
    how: dict[str, Any] = {"calibration": method, "decide": "f1"}
    postprocessor = learn_postprocessor(ALL, scores, targets, **how)
    assert isinstance(postprocessor, JointPostprocessor)
    assert postprocessor.task.weights == ALL.weights
    for name, own in ALL.split_scores(scores).items():
        alone = learn_postprocessor(PARTS[name], own, targets[name], **how)
        assert postprocessor.parts[name].to_config() == alone.to_config()
    kept = json.loads(json.dumps(postprocessor.to_config(), allow_nan=False))
    assert list(kept["thresholds"]) == ["kind", "tags"]
    again, asked = postprocessor_of(ALL, **kept), PredictOptions(abstain_below=0.6, sets=0.8, interval=0.8)
    new = drawn(20, seed=1)[0]
    assert again.columns(new, asked) == postprocessor.columns(new, asked)
    assert again.to_config() == postprocessor.to_config()
    assert again.calibrated_by() == postprocessor.calibrated_by()
    assert again.calibrated_by().startswith("" if method == "none" else f"kind: {method}")


def test_nothing_learned_is_read_as_the_task_reads_it() -> None:
    case = CASES["joint"]
    task = Joint.fit(case.targets, **case.options)
    scores = np.random.default_rng(0).normal(size=(5, task.size))
    postprocessor = postprocessor_of(task)
    assert postprocessor.predict(scores) == task.predict(scores)
    assert postprocessor.columns(scores) == task.columns(scores)
    assert postprocessor.metrics(case.targets, scores) == task.metrics(case.targets, scores)
    assert list(postprocessor.probabilities(scores)) == ["topic", "tags", "stars"]
    assert postprocessor.predict(scores[:0]) == []


def test_sets_and_intervals_hold_the_truth_of_each_part_as_often_as_they_say() -> None:
    held: dict[str, list[bool]] = {name: [] for name in ("kind", "topic", "stars", "price")}
    for seed in range(60):
        postprocessor = learn_postprocessor(ALL, *drawn(99, seed))
        new, truth = drawn(100, seed + 1000)
        for name, sets in postprocessor.sets(new, 0.9).items():
            held[name] += [label in members for label, members in zip(truth[name], sets, strict=True)]
        (low, high), numbers = postprocessor.intervals(new, 0.9)["price"].T, np.array(truth["price"])
        held["price"] += ((low <= numbers) & (numbers <= high)).tolist()
    found = {name: np.mean(each) for name, each in held.items()}
    assert found.pop("stars") > 0.885, "its gaps are filled, so it may be more often"
    assert found == pytest.approx(dict.fromkeys(found, 0.9), abs=0.015)


def test_everything_that_is_asked_for_beside_each_part_that_can() -> None:
    postprocessor, new = learned(calibration="temperature"), drawn(40, seed=1)[0]
    columns = postprocessor.columns(new, PredictOptions(abstain_below=0.7, sets=0.9, interval=0.9))
    added = [name for name in columns if not re.search("prediction$|probability:", name)]
    assert added == [
        "kind.abstained", "kind.set", "topic.abstained", "topic.set", "stars.abstained", "stars.set", "price.lower", "price.upper",
    ]  # fmt: skip
    sets, intervals = postprocessor.sets(new, 0.9), postprocessor.intervals(new, 0.9)
    assert {name: columns[f"{name}.set"] for name in sets} == sets
    assert [columns["price.lower"], columns["price.upper"]] == intervals["price"].T.tolist()
    answers = postprocessor.predict(new, 0.7)
    for name in PARTS:
        assert [answer[name] for answer in answers] == columns[f"{name}.prediction"]
    unsure = postprocessor.probabilities(new)["topic"].max(axis=1) < 0.7
    assert 0 < unsure.sum() < 40
    assert [answer["topic"] is None for answer in answers] == columns["topic.abstained"] == unsure.tolist()


def test_a_part_without_residuals_gives_no_set() -> None:
    postprocessor = JointPostprocessor(
        ALL,
        {
            **{name: Postprocessor(part) for name, part in PARTS.items()},
            "kind": Postprocessor(TWO, residuals=[0.1] * 99),
        },
    )
    assert list(postprocessor.sets(drawn(3)[0], 0.9)) == ["kind"]


@pytest.mark.parametrize(
    ("postprocessor", "asked", "message"),
    [
        (learned(NO_SETS), PredictOptions(sets=0.9), "this joint model has no residuals for sets of classes"),
        (learned(NO_SETS), PredictOptions(abstain_below=0.9), "a joint model does not choose one class"),
        (learned(NO_INTERVALS), PredictOptions(interval=0.9), "this joint model has no residuals for intervals"),
        (
            postprocessor_of(ALL),
            PredictOptions(sets=0.9),
            "this joint model has no residuals for sets of classes",
        ),
        (
            postprocessor_of(ALL, residuals=[]),
            PredictOptions(interval=0.9),
            "this joint model has no residuals for intervals",
        ),
        (learned(rows=3), PredictOptions(sets=0.9), "needs at least 9 validation rows, but there are 3"),
    ],
)
def test_what_no_part_can_give(postprocessor: AnyPostprocessor, asked: PredictOptions, message: str) -> None:
    scores = np.zeros((1, postprocessor.task.size))
    with pytest.raises(DataError, match=message):
        postprocessor.columns(scores, asked)
    asks = {"sets": postprocessor.sets, "interval": postprocessor.intervals, "abstain_below": postprocessor.predict}
    for name, value in vars(asked).items():
        if value is not None:
            with pytest.raises(DataError, match=message):
                asks[name](scores, value)


def test_what_is_no_probability() -> None:
    for asked in (PredictOptions(sets=0.0), PredictOptions(interval=1.5), PredictOptions(abstain_below=0.0)):
        with pytest.raises(ConfigError, match="expected a"):
            learned().columns(drawn(1)[0], asked)


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        ({"calibration": {"method": "none"}}, 'config.json: calibration lacks "parts"'),
        ({"calibration": {"parts": []}}, "config.json: calibration = []: expected a table"),
        (
            {"calibration": {"parts": {"kind": {"method": "none"}}}},
            "calibration of kind; expected one for each of kind, tags",
        ),
        (
            {"calibration": {"parts": {"kind": {"method": "hot"}, "tags": {"method": "none"}}}},
            'unknown calibration "hot"',
        ),
        ({"thresholds": [0.5]}, "config.json: decision: thresholds = [0.5]: expected a table"),
        ({"thresholds": {"kind": [0.5]}}, "decision: thresholds of kind; expected one for each of kind, tags"),
        ({"thresholds": {"kind": [0.5], "tags": [0.5]}}, "1 thresholds for 2 classes"),
        ({"residuals": [0.5]}, "metrics.json: residuals = [0.5]: expected a table"),
        ({"residuals": {}}, "metrics.json: residuals of none; expected one for each of kind, tags"),
        ({"residuals": {"kind": "many", "tags": []}}, "metrics.json: residuals = many: expected a list of numbers"),
    ],
)
def test_what_was_changed_is_refused(kept: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        postprocessor_of(NO_INTERVALS, **kept)


def test_numbers_only_have_no_probabilities() -> None:
    postprocessor = postprocessor_of(Joint({"price": PARTS["price"], "weight": PARTS["price"]}))
    with pytest.raises(DataError, match="a joint model of numbers only has no probabilities; use predict"):
        postprocessor.probabilities(np.zeros((3, 2)))


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        ({"kind": ["ham"] * 4}, 'no target "tags"; the targets are kind'),
        ({"kind": ["ham"] * 4, "tags": [["a"]] * 3}, r"scores of shape \(4, 2\); expected \(3, 2\)"),
    ],
)
def test_what_nothing_can_be_learned_from(targets: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        learn_postprocessor(NO_INTERVALS, np.zeros((4, 4)), targets)
