"""What users of scikit-learn expect of every estimator."""

from __future__ import annotations

import copy
import inspect
import io
import pickle
from collections.abc import Callable
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from reread import JointTextModel, TextClassifier, TextRegressor
from reread.estimators.base import TextEstimator

KINDS = [TextClassifier, TextRegressor, JointTextModel]
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def targets(labels: list[str], prices: list[float]) -> dict[type[TextEstimator], Any]:
    return {
        TextClassifier: labels,
        TextRegressor: prices,
        JointTextModel: pd.DataFrame({"mood": labels, "star": [k % 3 for k in range(60)]}),
    }


def through_joblib(model: Any) -> Any:
    file = io.BytesIO()
    joblib.dump(model, file)
    file.seek(0)
    return joblib.load(file)


COPIES = pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, through_joblib, lambda model: pickle.loads(pickle.dumps(model))],
    ids=["deepcopy", "joblib", "pickle"],
)


@EVERY_KIND
@COPIES
def test_copies_of_a_fitted_model_answer_the_same(
    kind: type[Any],
    duplicate: Callable[[Any], Any],
    texts: list[str],
    targets: dict[type[TextEstimator], Any],
    small: dict[str, Any],
) -> None:
    model = kind(**{**small, "baseline": True}).fit(texts, targets[kind])
    double = duplicate(model)
    assert double.predict(texts).tolist() == model.predict(texts).tolist()
    assert double.score(texts, targets[kind]) == model.score(texts, targets[kind])
    assert double.get_params() == model.get_params()


@EVERY_KIND
@COPIES
def test_copies_of_an_unfitted_model_are_unfitted(
    kind: type[Any], duplicate: Callable[[Any], Any], small: dict[str, Any]
) -> None:
    double = duplicate(kind(**small))
    assert double.get_params() == kind(**small).get_params()
    for method in (double.predict, double.score, double.save):
        with pytest.raises(NotFittedError):
            method(["a"], ["b"]) if method == double.score else method(["a"])


@COPIES
def test_chinese_models_can_be_copied(duplicate: Callable[[Any], Any], small: dict[str, Any]) -> None:
    texts = [f"这部电影{'很好看' if k % 2 else '真难看'}第{k}集" for k in range(40)]
    model = TextClassifier(**{**small, "baseline": True}).fit(texts, [k % 2 for k in range(40)])
    np.testing.assert_array_equal(duplicate(model).predict_proba(texts), model.predict_proba(texts))


@EVERY_KIND
def test_a_clone_has_the_options_and_nothing_learned(
    kind: type[Any], texts: list[str], targets: dict[type[TextEstimator], Any], small: dict[str, Any]
) -> None:
    model = kind(**small).fit(texts, targets[kind])
    double = clone(model)
    assert double.get_params() == model.get_params()
    assert not hasattr(double, "fitted_")
    assert clone(model).fit(texts, targets[kind]).predict(texts).tolist() == model.predict(texts).tolist()


@EVERY_KIND
def test_init_only_stores(kind: type[Any]) -> None:
    marks = {name: object() for name in inspect.signature(kind).parameters}
    model = kind(**marks)
    assert vars(model) == marks
    assert model.get_params(deep=False) == marks
    assert kind().set_params(**marks).get_params(deep=False) == marks


def test_the_options_in_common_have_the_same_defaults() -> None:
    defaults = [{name: option.default for name, option in inspect.signature(kind).parameters.items()} for kind in KINDS]
    common = set.intersection(*map(set, defaults))
    assert len(common) == 17
    assert all(first[name] == other[name] for first in defaults for other in defaults for name in common)


def test_the_kinds_are_told_apart() -> None:
    assert [is_classifier(kind()) for kind in KINDS] == [True, False, False]
    assert [is_regressor(kind()) for kind in KINDS] == [False, True, False]


@EVERY_KIND
def test_pipelines(
    kind: type[Any], texts: list[str], targets: dict[type[TextEstimator], Any], small: dict[str, Any]
) -> None:
    shout = FunctionTransformer(lambda column: [text.upper() for text in column])
    pipeline = make_pipeline(shout, kind(**small)).fit(texts, targets[kind])
    assert pipeline.predict(texts).shape == (len(texts),)
    assert np.isfinite(pipeline.score(texts, targets[kind]))


@EVERY_KIND
def test_cross_validation(
    kind: type[Any], texts: list[str], targets: dict[type[TextEstimator], Any], small: dict[str, Any]
) -> None:
    y = targets[kind]
    scores = cross_val_score(kind(**small), texts, y, cv=3, error_score="raise")
    assert scores.shape == (3,)
    assert np.isfinite(scores).all()
    assert len(cross_val_predict(kind(**small), np.array(texts), y, cv=2)) == len(texts)


@EVERY_KIND
def test_grid_search(
    kind: type[Any], texts: list[str], targets: dict[type[TextEstimator], Any], small: dict[str, Any]
) -> None:
    grid = {
        "batch_size": [16, 32],
        "settings": [small["settings"], {"model": {**small["settings"]["model"], "hidden": 4}}],
    }
    search = GridSearchCV(kind(**small), grid, cv=2, error_score="raise").fit(texts, targets[kind])
    assert search.best_params_.keys() == grid.keys()
    assert len(search.predict(texts)) == len(texts)


def test_grids_of_numpy_numbers(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    grid = {"learning_rate": np.logspace(-3, -2, 2), "batch_size": np.array([16]), "random_state": np.array([7])}
    search = GridSearchCV(TextClassifier(**small), grid, cv=2, error_score="raise").fit(texts, labels)
    training = search.best_estimator_.fitted_.plan.recipe.training
    assert (type(training.learning_rate), type(training.batch_size), training.seed) == (float, int, 7)


def test_probabilities_serve_scikit_learns_scorers(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    for scoring in ("roc_auc", "neg_log_loss", "f1_macro"):
        scores = cross_val_score(TextClassifier(**small), texts, labels, cv=2, scoring=scoring, error_score="raise")
        assert np.isfinite(scores).all()


def test_lists_of_labels_are_cross_validated_with_a_splitter(texts: list[str], small: dict[str, Any]) -> None:
    lists = [[["a"], ["b", "a"], []][k % 3] for k in range(len(texts))]
    assert cross_val_score(TextClassifier(**small), texts, lists, cv=KFold(2), error_score="raise").shape == (2,)


def test_weights_are_cross_validated_too(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    params = {"sample_weight": np.ones(len(texts)), "groups": np.arange(len(texts))}
    assert cross_val_score(TextClassifier(**small), texts, labels, cv=2, params=params, error_score="raise").shape == (
        2,
    )


@EVERY_KIND
def test_fitting_leaves_options_and_data_alone(
    kind: type[Any], texts: list[str], targets: dict[type[TextEstimator], Any], small: dict[str, Any]
) -> None:
    options, rows, y = copy.deepcopy(small), list(texts), copy.deepcopy(targets[kind])
    kind(**small).fit(texts, targets[kind])
    assert (small, texts) == (options, rows)
    assert np.array_equal(targets[kind], y)


def test_torch_is_left_as_it_was(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    before, state = torch.get_num_threads(), torch.random.get_rng_state()
    model = TextClassifier(**{**small, "threads": before + 1}).fit(texts, labels)
    model.predict(texts)
    assert torch.get_num_threads() == before
    assert torch.equal(torch.random.get_rng_state(), state)


def test_fitting_again_forgets_the_first_time(texts: list[str], labels: list[str], small: dict[str, Any]) -> None:
    model = TextClassifier(**small).fit(texts, labels).fit(texts, [k % 3 for k in range(60)])
    assert model.classes_.tolist() == [0, 1, 2]
    assert set(model.predict(texts)) <= {0, 1, 2}
