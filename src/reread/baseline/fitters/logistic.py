"""Logistic regressions: of one class, of separate labels, and of ordered classes."""

from __future__ import annotations

import time
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reread.baseline.fitters import Fit, Floats, fitters
from reread.tasks import Task

C = 10.0  # inverse regularisation of the logistic regressions: TF-IDF rows have norm 1, scikit-learn's 1.0 underfits
ITERATIONS = 200
CHUNK = 20  # iterations between two checks of the time
HELD = 10  # one text in this many decides which features do better
ENOUGH = 50  # the least number of such texts


def _logistic(matrix: Any, labels: NDArray[Any], weights: Floats, deadline: float | None) -> Fit:
    """Multinomial (or binary) logistic regression; one column per class, or one column if there are two."""
    scale = _feature_scale(matrix, labels, weights, deadline)
    if scale is None:
        return _solve(matrix, labels, weights, deadline)
    coefficients, bias, complete = _solve(_scaled(matrix, scale), labels, weights, deadline)
    return coefficients * scale[:, None], bias, complete


def _feature_scale(matrix: Any, labels: NDArray[Any], weights: Floats, deadline: float | None) -> Floats | None:
    """The scale of each feature: with two classes log-count ratios, if better on a held-out tenth; None: none."""
    rows = np.random.default_rng(0).permutation(len(labels))
    held_out, rest = np.split(rows, [len(rows) // HELD])
    if len(held_out) < ENOUGH or len(np.unique(labels)) != 2 or len(np.unique(labels[rest])) != 2:
        return None
    ratios = log_count_ratios(matrix[rest], labels[rest], weights[rest])
    losses = []
    for scale in (np.ones_like(ratios), ratios):
        coefficients, bias, _ = _solve(_scaled(matrix[rest], scale), labels[rest], weights[rest], deadline)
        margins = (matrix[held_out] @ (coefficients[:, 0] * scale) + bias) * np.where(
            labels[held_out] == labels.max(), 1, -1
        )
        losses.append(np.average(np.logaddexp(0, -margins), weights=weights[held_out]))
    return log_count_ratios(matrix, labels, weights) if losses[1] < losses[0] else None


def log_count_ratios(matrix: Any, labels: NDArray[Any], weights: Floats) -> Floats:
    """The log-count ratio of each feature between two classes, (features,): Wang and Manning 2012, section 2.1.

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
        warnings.simplefilter("ignore")  # not converged: reported by ``complete``
        for _ in range(ITERATIONS // CHUNK if bounded else 1):
            model.fit(matrix, labels, sample_weight=weights)
            complete = bool(np.max(model.n_iter_) < model.max_iter)
            if complete or (deadline is not None and time.monotonic() > deadline):
                break
    return model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32), complete


@fitters.register("logistic")
def logistic(task: Task, matrix: Any, targets: Floats, weights: Floats, deadline: float | None) -> Fit:
    """One class per text: the log-odds of each, one column per class."""
    labels = targets[:, 0].astype(np.int64)
    present = np.unique(labels)
    coefficients = np.zeros((matrix.shape[1], task.size), dtype=np.float32)
    intercept = np.full(task.size, -20.0, dtype=np.float32)  # a class without a training row is never chosen
    if len(present) == 1:
        intercept[present] = 0
        return coefficients, intercept, True
    fitted, bias, complete = _logistic(matrix, labels, weights, deadline)
    if len(present) == 2:  # scikit-learn gives the second class's log-odds
        fitted, bias = np.hstack([0 * fitted, fitted]), np.array([0, bias[0]], dtype=np.float32)
    coefficients[:, present], intercept[present] = fitted, bias
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


@fitters.register("binary_logistic")
def binary_logistic(_: Task, matrix: Any, targets: Floats, weights: Floats, deadline: float | None) -> Fit:
    """The log-odds of each label, separately."""
    return _binary_columns(matrix, targets, weights, deadline)


@fitters.register("ordinal_logistic")
def ordinal_logistic(task: Task, matrix: Any, targets: Floats, weights: Floats, deadline: float | None) -> Fit:
    """The log-odds of each "above class k", separately."""
    return _binary_columns(matrix, targets[:, :1] > np.arange(task.size), weights, deadline)
