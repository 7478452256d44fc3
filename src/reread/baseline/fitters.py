"""The linear problems of the tasks, solved with scikit-learn: sparse features in, weights of each score out."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.tasks import Task

Floats = NDArray[np.float32]
Fit = tuple[Floats, Floats, bool]
"""Weights (features, scores), intercept (scores,), and whether the solver got to its end."""

C = 10.0  # inverse regularisation of the logistic regressions: TF-IDF rows have norm 1, scikit-learn's 1.0 underfits
ALPHA = 1.0  # regularisation of the ridge regressions
ITERATIONS = 200
CHUNK = 20  # iterations between two looks at the clock
HELD = 10  # one text of so many says which features do better
ENOUGH = 50  # of such texts, for the answer to mean something


def fit_columns(task: Task, matrix: Any, targets: Floats, weights: Floats, deadline: float | None) -> Fit:
    """Fit the linear model whose scores ``task`` reads like the network's."""
    return FITTERS[task.name](task, matrix, targets, weights, deadline)


def _logistic(matrix: Any, labels: NDArray[Any], weights: Floats, deadline: float | None) -> Fit:
    """Multinomial (or binary) logistic regression; one column a class, or one column when there are two."""
    scale = _feature_scale(matrix, labels, weights, deadline)
    if scale is None:
        return _solve(matrix, labels, weights, deadline)
    found, bias, complete = _solve(_scaled(matrix, scale), labels, weights, deadline)
    return found * scale[:, None], bias, complete


def _feature_scale(matrix: Any, labels: NDArray[Any], weights: Floats, deadline: float | None) -> Floats | None:
    """What to multiply features by: with two classes log-count ratios, if they do better on a tenth held out; None: nothing."""
    rows = np.random.default_rng(0).permutation(len(labels))
    held, rest = np.split(rows, [len(rows) // HELD])
    if len(held) < ENOUGH or len(np.unique(labels)) != 2 or len(np.unique(labels[rest])) != 2:
        return None
    ratios = log_count_ratios(matrix[rest], labels[rest], weights[rest])
    losses = []
    for scale in (np.ones_like(ratios), ratios):
        found, bias, _ = _solve(_scaled(matrix[rest], scale), labels[rest], weights[rest], deadline)
        margins = (matrix[held] @ (found[:, 0] * scale) + bias) * np.where(labels[held] == labels.max(), 1, -1)
        losses.append(np.average(np.logaddexp(0, -margins), weights=weights[held]))
    return log_count_ratios(matrix, labels, weights) if losses[1] < losses[0] else None


def log_count_ratios(matrix: Any, labels: NDArray[Any], weights: Floats) -> Floats:
    """How far each feature's share of one class's texts is from its share of the other's, (features,): Wang and Manning 2012, section 2.1.

    Args:
        matrix: sparse features, (texts, features); above 0 where a text has one.
        labels: two different numbers, (texts,).
        weights: how much each text counts, (texts,).
    """
    present = (matrix > 0).astype(np.float32)
    first = labels == labels.min()
    shares = [1 + present.T @ (weights * side) for side in (first, ~first)]
    ratios: Floats = np.abs(np.log(shares[0] / shares[0].sum()) - np.log(shares[1] / shares[1].sum()))
    return ratios.astype(np.float32)


def _scaled(matrix: Any, scale: Floats) -> Any:
    """The matrix with each column times its scale."""
    scaled = matrix.copy()
    scaled.data = scaled.data * scale[scaled.indices]
    return scaled


def _solve(matrix: Any, labels: NDArray[Any], weights: Floats, deadline: float | None) -> Fit:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    bounded = deadline is not None
    model = LogisticRegression(C=C, max_iter=CHUNK if bounded else ITERATIONS, warm_start=bounded)
    complete = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not converged: said through ``complete``
        for _ in range(ITERATIONS // CHUNK if bounded else 1):
            model.fit(matrix, labels, sample_weight=weights)
            complete = bool(np.max(model.n_iter_) < model.max_iter)
            if complete or (deadline is not None and time.monotonic() > deadline):
                break
    return model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32), complete


def _classification(task: Task, matrix: Any, targets: Floats, weights: Floats, deadline: float | None) -> Fit:
    labels = targets[:, 0].astype(np.int64)
    present = np.unique(labels)
    coefficients = np.zeros((matrix.shape[1], task.size), dtype=np.float32)
    intercept = np.full(task.size, -20.0, dtype=np.float32)  # a class without a training row is never chosen
    if len(present) == 1:
        intercept[present] = 0
        return coefficients, intercept, True
    found, bias, complete = _logistic(matrix, labels, weights, deadline)
    if len(present) == 2:  # scikit-learn gives the second class's log-odds
        found, bias = np.hstack([0 * found, found]), np.array([0, bias[0]], dtype=np.float32)
    coefficients[:, present], intercept[present] = found, bias
    return coefficients, intercept, complete


def _binary_columns(matrix: Any, columns: NDArray[Any], weights: Floats, deadline: float | None) -> Fit:
    """One binary logistic regression for each 0/1 column."""
    fits = [_binary(matrix, column, weights, deadline) for column in columns.T]
    return np.hstack([fit[0] for fit in fits]), np.concatenate([fit[1] for fit in fits]), all(fit[2] for fit in fits)


def _binary(matrix: Any, column: NDArray[Any], weights: Floats, deadline: float | None) -> Fit:
    if column.min() == column.max():
        constant = np.array([20.0 if column[0] else -20.0], dtype=np.float32)
        return np.zeros((matrix.shape[1], 1), dtype=np.float32), constant, True
    return _logistic(matrix, column.astype(np.int64), weights, deadline)


def _multilabel(_: Task, matrix: Any, targets: Floats, weights: Floats, deadline: float | None) -> Fit:
    return _binary_columns(matrix, targets, weights, deadline)


def _ordinal(task: Task, matrix: Any, targets: Floats, weights: Floats, deadline: float | None) -> Fit:
    return _binary_columns(matrix, targets[:, :1] > np.arange(task.size), weights, deadline)


def _regression(task: Task, matrix: Any, targets: Floats, weights: Floats, _: float | None) -> Fit:
    from sklearn.linear_model import Ridge  # noqa: PLC0415

    model = Ridge(alpha=ALPHA, solver="sparse_cg").fit(matrix, targets[:, 0], sample_weight=weights)
    weight_column = np.asarray(model.coef_, dtype=np.float32).reshape(-1, 1)
    # Every score of a quantile model gets the mean: the baseline predicts, it does not give intervals.
    return np.repeat(weight_column, task.size, axis=1), np.full(task.size, model.intercept_, dtype=np.float32), True


def _joint(task: Any, matrix: Any, targets: Floats, weights: Floats, deadline: float | None) -> Fit:
    fits, start = [], 0
    for part in task.parts.values():
        fits.append(fit_columns(part, matrix, targets[:, start : start + part.target_width], weights, deadline))
        start += part.target_width
    return np.hstack([fit[0] for fit in fits]), np.concatenate([fit[1] for fit in fits]), all(fit[2] for fit in fits)


FITTERS: dict[str, Callable[[Any, Any, Floats, Floats, float | None], Fit]] = {
    "classification": _classification,
    "multilabel": _multilabel,
    "ordinal": _ordinal,
    "regression": _regression,
    "joint": _joint,
}
