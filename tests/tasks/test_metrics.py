from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import scipy.stats
import sklearn.metrics as reference
from hypothesis import given
from hypothesis import strategies as st

from reread.errors import DataError
from reread.tasks import metrics
from reread.tasks.metrics.numbers import ranks
from reread.tasks.metrics.rows import row_weights

CLASSES = 4


@contextmanager
def quiet() -> Iterator[None]:
    """The reference warns where it has no answer; ours must not, so only the reference is called in here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def close(ours: float, theirs: float) -> bool:
    return (math.isnan(ours) and math.isnan(theirs)) or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)


def arrays(elements: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[Any]:
    return st.lists(elements, min_size=size, max_size=size).map(np.array)


# Few different values, so that ties and absent classes come up.
INDICES = st.integers(0, CLASSES - 1)
CHANCES = st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 1.0])
NUMBERS = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e4, 1e4).map(lambda value: round(value, 3)))
WEIGHTS = st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.25])


@st.composite
def rows(draw: st.DrawFn, first: st.SearchStrategy[Any], second: st.SearchStrategy[Any]) -> tuple[Any, Any, Any]:
    size = draw(st.integers(2, 30))
    weights = draw(st.none() | arrays(WEIGHTS, size).filter(lambda weights: (weights > 0).sum() > 1))
    return draw(arrays(first, size)), draw(arrays(second, size)), weights


COUNTED: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
    "accuracy": (metrics.accuracy, lambda t, a, w: reference.accuracy_score(t, a, sample_weight=w)),
    "macro_f1": (
        metrics.macro_f1,
        lambda t, a, w: reference.f1_score(t, a, average="macro", sample_weight=w, zero_division=np.nan),
    ),
    "micro_f1": (metrics.micro_f1, lambda t, a, w: reference.f1_score(t, a, average="micro", sample_weight=w)),
    "quadratic_kappa": (
        metrics.quadratic_kappa,
        lambda t, a, w: reference.cohen_kappa_score(t, a, weights="quadratic", sample_weight=w, labels=range(CLASSES)),
    ),
}


@pytest.mark.parametrize("name", COUNTED)
@given(case=rows(INDICES, INDICES))
def test_metrics_of_counts_are_the_references(name: str, case: tuple[Any, Any, Any]) -> None:
    ours, theirs = COUNTED[name]
    found = ours(*case)
    with quiet():
        assert close(found, theirs(*case))


@given(rows(INDICES, INDICES))
def test_mcc_is_the_references_where_two_classes_are_true(case: tuple[Any, Any, Any]) -> None:
    truth, answer, weights = case
    found = metrics.mcc(truth, answer, weights)
    if len(set(truth[row_weights(weights, len(truth)) > 0])) < 2:
        assert math.isnan(found)
    else:
        assert close(found, reference.matthews_corrcoef(truth, answer, sample_weight=weights))


@given(rows(st.booleans(), CHANCES))
def test_auc_is_the_references(case: tuple[Any, Any, Any]) -> None:
    positive, scores, weights = case
    used = row_weights(weights, len(positive)) > 0
    found = metrics.auc(positive, scores, weights)
    if len(set(positive[used])) < 2:
        assert math.isnan(found)
    else:
        assert close(found, reference.roc_auc_score(positive, scores, sample_weight=weights))


@given(rows(st.booleans(), CHANCES))
def test_average_precision_is_the_references(case: tuple[Any, Any, Any]) -> None:
    positive, scores, weights = case
    used = row_weights(weights, len(positive)) > 0
    found = metrics.average_precision(positive, scores, weights)
    if not positive[used].any():
        assert math.isnan(found)
    else:
        assert close(found, reference.average_precision_score(positive, scores, sample_weight=weights))


@given(rows(INDICES, arrays(st.floats(-30, 30), CLASSES)))
def test_log_loss_is_the_references(case: tuple[Any, Any, Any]) -> None:
    truth, scores, weights = case
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances = powers / powers.sum(axis=1, keepdims=True)
    with quiet():
        theirs = reference.log_loss(truth, chances, labels=range(CLASSES), sample_weight=weights)
    assert close(metrics.log_loss(truth, chances, weights), theirs)


NUMERIC: dict[str, tuple[Callable[..., float], Callable[..., float]]] = {
    "mae": (metrics.mae, lambda t, a, w: reference.mean_absolute_error(t, a, sample_weight=w)),
    "rmse": (metrics.rmse, lambda t, a, w: reference.root_mean_squared_error(t, a, sample_weight=w)),
}


@pytest.mark.parametrize("name", NUMERIC)
@given(case=rows(NUMBERS, NUMBERS))
def test_metrics_of_errors_are_the_references(name: str, case: tuple[Any, Any, Any]) -> None:
    ours, theirs = NUMERIC[name]
    assert close(ours(*case), theirs(*case))


def constant(values: Any, weights: Any) -> bool:
    return len(set(values[row_weights(weights, len(values)) > 0].tolist())) < 2


@given(rows(NUMBERS, NUMBERS))
def test_r2_is_the_references(case: tuple[Any, Any, Any]) -> None:
    truth, answer, weights = case
    found = metrics.r2(*case)
    if constant(truth, weights):
        assert math.isnan(found)
    else:
        assert close(found, reference.r2_score(truth, answer, sample_weight=weights))


@pytest.mark.parametrize(
    ("ours", "theirs"), [(metrics.pearson, scipy.stats.pearsonr), (metrics.spearman, scipy.stats.spearmanr)]
)
@given(case=rows(NUMBERS, NUMBERS))
def test_correlations_are_the_references(ours: Any, theirs: Any, case: tuple[Any, Any, Any]) -> None:
    truth, answer, _ = case
    found = ours(truth, answer)
    if constant(truth, None) or constant(answer, None):
        assert math.isnan(found)
    else:
        with quiet():
            assert close(found, theirs(truth, answer).statistic)


@given(rows(NUMBERS, NUMBERS))
def test_weighted_pearson_is_that_of_the_weighted_covariance(case: tuple[Any, Any, Any]) -> None:
    truth, answer, weights = case
    found = metrics.pearson(truth, answer, weights)
    if constant(truth, weights) or constant(answer, weights):
        assert math.isnan(found)
    else:
        moments = np.cov(truth, answer, aweights=weights, ddof=0)
        assert close(found, moments[0, 1] / np.sqrt(moments[0, 0] * moments[1, 1]))


@given(rows(NUMBERS, NUMBERS))
def test_spearman_leaves_rows_of_weight_zero_out(case: tuple[Any, Any, Any]) -> None:
    truth, answer, weights = case
    used = row_weights(weights, len(truth)) > 0
    assert close(metrics.spearman(truth, answer, used.astype(float)), metrics.spearman(truth[used], answer[used]))


@given(rows(arrays(st.booleans(), 3), arrays(st.booleans(), 3)))
def test_metrics_of_labels_are_the_references(case: tuple[Any, Any, Any]) -> None:
    truth, answer, weights = case
    found = metrics.f1_scores(truth, answer, weights), metrics.accuracy(truth, answer, weights)
    micro, macro = metrics.micro_f1(truth, answer, weights), metrics.macro_f1(truth, answer, weights)
    settings: dict[str, Any] = {"sample_weight": weights, "zero_division": np.nan}
    with quiet():
        assert all(map(close, found[0], reference.f1_score(truth, answer, average=None, **settings)))
        assert close(found[1], reference.accuracy_score(truth, answer, sample_weight=weights))
        assert close(micro, reference.f1_score(truth, answer, average="micro", **settings))
        assert close(macro, reference.f1_score(truth, answer, average="macro", **settings))


@pytest.mark.parametrize("classes", [2, 5])
def test_class_metrics_are_the_references(classes: int) -> None:
    random = np.random.default_rng(classes)
    truth, weights = random.integers(0, classes, 200), random.random(200)
    chances = random.dirichlet(np.ones(classes), 200)
    found = metrics.class_metrics(truth, chances.argmax(axis=1), chances, weights)
    indicator = np.eye(classes)[truth]
    scores = {"y_score": chances[:, 1]} if classes == 2 else {"y_score": chances, "multi_class": "ovr"}
    assert close(found["auc"], reference.roc_auc_score(truth, sample_weight=weights, **scores))
    assert close(found["map"], reference.average_precision_score(indicator, chances, sample_weight=weights))
    assert close(found["log_loss"], reference.log_loss(truth, chances, sample_weight=weights))


def test_label_metrics_are_the_references() -> None:
    random = np.random.default_rng(0)
    truth, chances, weights = random.random((100, 4)) < 0.4, random.random((100, 4)), random.random(100)
    found = metrics.label_metrics(truth, chances > 0.5, chances, weights)
    assert close(found["map"], reference.average_precision_score(truth, chances, sample_weight=weights))
    assert close(found["auc"], reference.roc_auc_score(truth, chances, sample_weight=weights))
    each = [reference.log_loss(truth[:, k], chances[:, k], sample_weight=weights) for k in range(4)]
    assert close(found["log_loss"], float(np.mean(each)))


def test_map_and_auc_leave_absent_classes_out() -> None:
    chances = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1]])
    found = metrics.class_metrics(np.array([0, 1]), np.array([0, 1]), chances)
    assert (found["map"], found["auc"]) == (1.0, 1.0)


def test_figures_of_one_class_only_are_nan() -> None:
    found = metrics.class_metrics(np.array([1, 1]), np.array([1, 0]), np.array([[0.2, 0.8], [0.9, 0.1]]))
    assert math.isnan(found["auc"])
    assert math.isnan(found["mcc"])
    assert found["accuracy"] == 0.5
    assert math.isnan(metrics.quadratic_kappa(np.array([1, 1]), np.array([1, 1])))


def test_figures_of_a_constant_are_nan() -> None:
    values, same = np.array([1.0, 2.0, 4.0]), np.full(3, 0.1)
    for metric in (metrics.pearson, metrics.spearman):
        assert math.isnan(metric(values, same))
        assert math.isnan(metric(same, values))
    assert math.isnan(metrics.r2(same, values))


def test_figures_of_no_rows_are_nan() -> None:
    no_index, none = np.zeros(0, dtype=np.int64), np.zeros(0)
    counted = (metrics.accuracy, metrics.macro_f1, metrics.micro_f1, metrics.mcc, metrics.quadratic_kappa)
    assert all(math.isnan(metric(no_index, no_index)) for metric in counted)
    numeric = (metrics.mae, metrics.rmse, metrics.r2, metrics.pearson, metrics.spearman)
    assert all(math.isnan(metric(none, none)) for metric in numeric)
    assert math.isnan(metrics.auc(none, none))
    assert math.isnan(metrics.average_precision(none, none))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], r"weights of shape \(1,\) for 2 rows; there must be one weight per row"),
        ([1.0, -1.0], "a row's weight is -1.0; weights must be finite and not negative"),
        ([1.0, math.nan], "a row's weight is nan; weights must be finite and not negative"),
    ],
)
def test_weights_that_cannot_be_used(weights: list[float], message: str) -> None:
    with pytest.raises(DataError, match=f"^{message}$"):
        metrics.accuracy(np.array([0, 1]), np.array([0, 1]), weights)


def test_ties_share_their_mean_rank() -> None:
    assert ranks([30, 10, 20, 20]).tolist() == [4, 1, 2.5, 2.5]
    assert ranks([5, 5, 5]).tolist() == [2, 2, 2]


def test_the_auc_of_two_classes_is_that_of_the_second_and_of_more_the_mean_of_each() -> None:
    truth, probabilities = np.array([0, 1, 1, 0]), np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2], [0.7, 0.3]])
    said = metrics.class_metrics(truth, probabilities.argmax(axis=1), probabilities)
    assert said["auc"] == pytest.approx(metrics.auc(truth == 1, probabilities[:, 1]))
    truth, probabilities = (
        np.array([0, 1, 2, 1]),
        np.array([[0.6, 0.3, 0.1], [0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.1, 0.2, 0.7]]),
    )
    said = metrics.class_metrics(truth, probabilities.argmax(axis=1), probabilities)
    assert said["auc"] == pytest.approx(
        np.mean([metrics.auc(truth == each, probabilities[:, each]) for each in range(3)])
    )
