"""Features of two classes, plain or multiplied by their log-count ratios."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from reread.baseline.fitters import logistic as solver

TEXTS = 1500
ONES = np.ones(TEXTS, dtype=np.float32)


def words_of_a_class(random: np.random.Generator) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Two rare words of its class in each text, among many that say nothing."""
    labels = random.integers(0, 2, TEXTS)
    rare = np.zeros((TEXTS, 300))
    for row, label in enumerate(labels):
        rare[row, random.choice(150, 2) + 150 * label] = 1
    noise = random.random((TEXTS, 200)) < 0.1
    return csr_matrix(np.hstack([noise, rare]).astype(np.float32)), labels


def words_that_help_others(random: np.random.Generator) -> tuple[csr_matrix, NDArray[np.int64]]:
    """Half of the words are as frequent in both classes, but say how to take the others."""
    labels = random.integers(0, 2, TEXTS)
    chance = random.random((TEXTS, 20)) < 0.5
    mixed = np.where(random.random((TEXTS, 20)) < 0.35, labels[:, None] == 1, chance)
    noise = random.random((TEXTS, 100)) < 0.05
    return csr_matrix(np.hstack([chance, mixed, noise]).astype(np.float32)), labels


def logistic(matrix: csr_matrix, labels: NDArray[np.int64]) -> NDArray[np.float32]:
    return solver._logistic(matrix, labels, ONES[: len(labels)], None)[0]


def test_ratios_are_those_of_smoothed_shares() -> None:
    matrix = csr_matrix(np.array([[0.5, 0, 2], [0.1, 0, 0], [0.3, 0.3, 0]], dtype=np.float32))
    weights = np.array([1, 2, 4], dtype=np.float32)
    first, second = np.array([1 + 3, 1 + 0, 1 + 1]), np.array([1 + 4, 1 + 4, 1 + 0])
    expected = np.abs(np.log(first / first.sum()) - np.log(second / second.sum()))
    found = solver.log_count_ratios(matrix, np.array([7, 7, 9]), weights)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_ratios_are_used_where_they_do_better_on_texts_held_out(seed: int) -> None:
    matrix, labels = words_of_a_class(np.random.default_rng(seed))
    ratios = solver.log_count_ratios(matrix, labels, ONES)
    expected, *_ = solver._solve(matrix.multiply(ratios).tocsr(), labels, ONES, None)
    np.testing.assert_allclose(logistic(matrix, labels), expected * ratios[:, None], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_and_are_not_where_they_do_worse(seed: int) -> None:
    matrix, labels = words_that_help_others(np.random.default_rng(seed))
    np.testing.assert_array_equal(logistic(matrix, labels), solver._solve(matrix, labels, ONES, None)[0])


def test_few_texts_and_many_classes_are_not_tried() -> None:
    matrix, labels = words_of_a_class(np.random.default_rng(0))
    few, three = slice(0, 400), np.arange(TEXTS) % 3
    for rows, classes in ((few, labels[few]), (slice(None), three)):
        expected, *_ = solver._solve(matrix[rows], classes, ONES[: len(classes)], None)
        np.testing.assert_array_equal(logistic(matrix[rows], classes), expected)
