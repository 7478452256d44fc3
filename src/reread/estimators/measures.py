"""How good answers are, in one number, for scikit-learn's ``score``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reread.errors import DataError
from reread.estimators.columns import as_weights


def accuracy(truth: Sequence[Any], answers: Sequence[Any], sample_weight: Any = None) -> float:
    """The share of right answers, under weights; a list of labels is right with the same labels in any order.

    Raises:
        DataError: there is not one truth, or one weight, for each answer.
    """
    weights = _weights(truth, answers, sample_weight)
    right = [_unordered(label) == _unordered(answer) for label, answer in zip(truth, answers, strict=True)]
    return float(np.average(right, weights=weights))


def r_squared(truth: Sequence[Any], answers: Sequence[Any], sample_weight: Any = None) -> float:
    """The coefficient of determination R², under weights.

    Raises:
        DataError: there is not one truth, or one weight, for each answer.
    """
    from sklearn.metrics import r2_score  # noqa: PLC0415

    weights = _weights(truth, answers, sample_weight)
    return float(r2_score(np.asarray(truth, dtype=np.float64), np.asarray(answers), sample_weight=weights))


def _weights(truth: Sequence[Any], answers: Sequence[Any], sample_weight: Any) -> list[float] | None:
    weights = as_weights(sample_weight)
    for name, column in (("y", truth), ("sample_weight", weights)):
        if column is not None and len(column) != len(answers):
            raise DataError(f"{len(answers)} texts and {len(column)} values of {name}; there must be one for each text")
    return weights


def _unordered(labels: Any) -> Any:
    return frozenset(labels) if isinstance(labels, list | tuple | np.ndarray) else labels
