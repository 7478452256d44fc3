"""scikit-learn's own checks.

They make rows of numbers, and texts are no numbers: by the tags of the estimators scikit-learn leaves them out. So that
nothing behind the texts stays unchecked, they are also run on the estimators with one thing added: the numbers of a row
become the words of a text.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.exceptions import SkipTestWarning
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator, estimator_checks_generator
from sklearn.utils.validation import validate_data

from reread import JointTextModel, TextClassifier, TextRegressor
from reread.estimators.base import TextEstimator

ALL = pytest.mark.parametrize(
    "estimator", [TextClassifier(), TextRegressor(), JointTextModel()], ids=lambda e: type(e).__name__
)
BATCHES = "training goes in batches of rows: one row of weight 2 takes another course than two equal rows"
EXPECTED_FAILURES = {"check_sample_weight_equivalence_on_dense_data": BATCHES}
DROPOUTS = ("word_dropout", "embedding_dropout", "dropout")
SETTINGS = {
    "model": {"hidden": 8, "embedding_dim": 8, "latent": (8,), "pooling": "max_mean", **dict.fromkeys(DROPOUTS, 0.0)},
    "text": {"min_count": 1},
    "training": {"ema": 0.0, "warmup": 1, "patience": None, "parts": {}},
}


def words(rows: NDArray[np.float64]) -> list[str]:
    """A word for each number: its column, its sign and its whole part, all as letters."""
    letters = str.maketrans("-0123456789", "zabcdefghij")
    return [
        " ".join(f"{'klmnopqrstuvwxy'[k % 15]}{round(value)}".translate(letters) for k, value in enumerate(row))
        for row in rows
    ]


class FromNumbers(TextEstimator):
    """Reads numbers as words."""

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Any:  # noqa: N803
        return super().fit(words(validate_data(self, X, dtype=np.float64)), y, sample_weight)

    def _texts(self, texts: Any) -> Any:
        return super()._texts(words(validate_data(self, texts, dtype=np.float64, reset=False)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.string = tags.input_tags.one_d_array = False
        return tags


class NumbersClassifier(FromNumbers, TextClassifier):
    pass


class NumbersRegressor(FromNumbers, TextRegressor):
    pass


class NumbersJoint(FromNumbers, JointTextModel):
    """The same target twice."""

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Any:  # noqa: N803
        return super().fit(X, None if y is None else {"first": y, "second": y}, sample_weight)

    def predict(self, X: Any) -> Any:  # noqa: N803
        return np.array([answer["first"] for answer in super().predict(X)]).reshape(-1, 1)

    predict_proba = property()  # numbers have none

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> Any:  # noqa: N803
        return super().score(X, {"first": y, "second": y}, sample_weight)


def fast(kind: type[TextEstimator], **options: Any) -> TextEstimator:
    return kind(settings=SETTINGS, baseline=False, threads=1, batch_size=16, epochs=6, learning_rate=0.05, **options)


def checks() -> list[Any]:
    estimators = [fast(NumbersClassifier), fast(NumbersRegressor), fast(NumbersJoint, numbers=("first", "second"))]
    marked = [
        estimator_checks_generator(each, expected_failed_checks=EXPECTED_FAILURES, mark="xfail") for each in estimators
    ]
    return list(chain.from_iterable(marked))


def name(value: Any) -> str:
    """Of an estimator, or of a check with its own arguments."""
    if isinstance(value, TextEstimator):
        return type(value).__name__
    return f"{value.func.__name__}{''.join(f'-{argument}' for argument in value.keywords.values())}"


@pytest.mark.parametrize(("estimator", "check"), checks(), ids=name)
def test_scikit_learns_checks(estimator: TextEstimator, check: Any) -> None:
    check(estimator)


@ALL
def test_scikit_learn_leaves_texts_out_of_the_checks_that_make_numbers(estimator: TextEstimator) -> None:
    with pytest.warns(SkipTestWarning, match="Can't test estimator"):
        results = check_estimator(estimator)
    assert [result["status"] for result in results] == ["passed"]


@ALL
def test_the_tags_say_texts(estimator: TextEstimator) -> None:
    tags = get_tags(estimator)
    assert tags.input_tags.string
    assert tags.input_tags.one_d_array
    assert not tags.input_tags.two_d_array
    assert tags.target_tags.required
