from __future__ import annotations

import json
import re
import time
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save as save_tensors
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from reread.baseline import linear
from reread.baseline.fitters import fitters, logistic
from reread.baseline.linear import (
    LinearModel,
    analyse,
    baseline_encoder,
    fit_linear,
    read_baseline,
)
from reread.errors import BundleError
from reread.tasks import Task, tasks

TEXTS = ["a good film", "a bad film", "good good fun", "bad and boring", "fun for all", "boring, bad"] * 4
LABELS = ["pos", "neg", "pos", "neg", "pos", "neg"] * 4
TARGETS = {
    "classification": (LABELS, {}),
    "multilabel": ([["a"] if label == "pos" else ["b", "a"] for label in LABELS], {}),
    "ordinal": ([3 if label == "pos" else k % 2 for k, label in enumerate(LABELS)], {}),
    "regression": ([2.5 if label == "pos" else -1.0 for label in LABELS], {}),
    "joint": ({"sentiment": LABELS, "score": [float(label == "pos") for label in LABELS]}, {}),
}


def fitted(name: str = "classification", **options: float | None) -> tuple[Task, LinearModel]:
    targets, arguments = TARGETS[name]
    task = tasks.get(name).fit(targets, **arguments)
    encoded = task.encode(targets)
    weights = np.ones(len(TEXTS), dtype=np.float32)
    return task, fit_linear(TEXTS, encoded, task, "en", weights=weights, **options)


def test_every_task_names_a_linear_fit_and_every_fit_is_named() -> None:
    assert {tasks.get(name).linear_fit for name in tasks} == set(fitters)
    assert set(TARGETS) == set(tasks)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_baseline_learns_what_it_is_shown(name: str) -> None:
    task, model = fitted(name)
    metrics = task.metrics(TARGETS[name][0], model.scores(TEXTS))
    value = metrics[task.headline]
    assert value > 0.8 if task.higher_is_better else value < 0.5


def test_the_arrays_score_as_scikit_learn_does() -> None:
    _, model = fitted()
    encoder, grams = baseline_encoder("en")
    vectoriser = TfidfVectorizer(analyzer=lambda text: analyse(encoder, grams, text), sublinear_tf=True)
    matrix = vectoriser.fit_transform(TEXTS)
    peer = LogisticRegression(C=logistic.C, max_iter=logistic.ITERATIONS).fit(matrix, LABELS)
    new = ["a good, boring film", "nothing known here", ""]
    scores = model.scores(new)
    assert np.allclose(scores[:, 1] - scores[:, 0], peer.decision_function(vectoriser.transform(new)), atol=1e-3)


def test_parts_put_together_answer_the_same() -> None:
    _, model = fitted()
    again = LinearModel.from_parts(model.description(), model.arrays())
    assert np.array_equal(again.scores(TEXTS), model.scores(TEXTS))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": None}, "baseline.json: text = null: expected a table"),
        ({"grams": "wrds"}, 'unknown kind of n-grams "wrds". Did you mean "words"'),
        ({"grams": ["words"]}, 'baseline.json: grams = ["words"]: expected a text'),
        ({"features": []}, "idf of shape (22,) for 0 n-grams; expected (0,)"),
        ({"facts": 1}, "baseline.json: facts = 1: expected a table"),
    ],
)
def test_odd_parts_are_refused_when_they_are_read(change: dict[str, Any], message: str) -> None:
    _, model = fitted()
    description = json.dumps({**model.description(), **change}).encode()
    files = {"baseline.json": description, "baseline.safetensors": save_tensors(model.arrays())}
    with pytest.raises(BundleError, match=re.escape(f"the folder's baseline cannot be read: {message}")):
        read_baseline(files)


def test_a_deadline_cuts_the_solver_short_and_says_so() -> None:
    _, model = fitted(deadline=time.monotonic() - 1)
    assert model.facts["rows"] == len(TEXTS)
    assert model.limits in ("", "no time to come to its end")
    assert bool(model.limits) != model.facts["complete"]
    assert np.isfinite(model.scores(TEXTS)).all()


def test_many_scores_bound_rows_and_features_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not fitted()[1].limits
    monkeypatch.setattr(linear, "MAX_WEIGHTS", 2 * 5)
    monkeypatch.setattr(linear, "MAX_CHANCES", 2 * 20)
    _, model = fitted()
    assert model.weights.shape == (5, 2)
    assert model.limits == "20 of 24 rows; the 5 most frequent n-grams"


def test_a_class_that_is_not_in_the_training_rows_is_never_chosen() -> None:
    task = tasks.get("classification").fit(["neg", "pos", "odd"])
    encoded = task.encode(LABELS)
    model = fit_linear(TEXTS, encoded, task, "en", weights=np.ones(len(TEXTS), dtype=np.float32))
    assert "odd" not in task.predict(model.scores([*TEXTS, "something else"]))


def test_texts_without_a_gram_still_get_an_answer() -> None:
    task = tasks.get("classification").fit(["a", "b"])
    model = fit_linear(["!!", "??"], task.encode(["a", "b"]), task, "en", weights=np.ones(2, dtype=np.float32))
    assert model.scores(["anything"]).shape == (1, 2)
