"""How much n-grams count, against plain formulas and scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfTransformer

from reread.baseline import weighing
from reread.baseline.fitters import problems_of
from reread.baseline.weighing import damped, inverse_frequencies, telling
from reread.tasks import Task, tasks
from support.linear import dense, ones, sparse
from support.task_cases import CASES

RANDOM = np.random.default_rng(0)
COUNTS = RANDOM.integers(0, 3, (30, 12)) * (RANDOM.random((30, 12)) < 0.5)
COUNTS[:, 0], COUNTS[4] = 0, 0  # an n-gram of no text, a text of no n-gram


def test_damped_counts_and_document_frequencies_are_those_of_scikit_learn() -> None:
    counts = sparse(COUNTS)
    ours = damped(counts).scaled(inverse_frequencies(counts))
    theirs = TfidfTransformer(sublinear_tf=True).fit_transform(COUNTS).toarray()
    np.testing.assert_allclose(dense(ours), theirs, rtol=1e-5)


def plain(members: set[tuple[int, int]], sides: int, weights: NDArray[np.float32], column: int) -> float:
    """The largest absolute log-count ratio of an n-gram, of any side against the rest (Wang and Manning 2012)."""

    def count(columns: range, side: int | None) -> float:
        rows = [row for row in range(len(COUNTS)) if side is None or (row, side) in members]
        return float(sum(weights[row] * (COUNTS[row, at] > 0) for row in rows for at in columns))

    ratios, every, own = [0.0], range(COUNTS.shape[1]), range(column, column + 1)
    for side in range(sides):
        share = count(every, side) / count(every, None)
        if 0 < share < 1:
            odds = share / (1 - share)
            inside, outside = count(own, side), count(own, None) - count(own, side)
            ratios.append(abs(math.log((1 + inside) / (1 / odds + outside) / odds)))
    return max(ratios)


def spread(name: str) -> tuple[Task, NDArray[np.float32]]:
    """A task, and targets of every text."""
    case = CASES[name]
    task = tasks.get(case.task).fit(case.targets, **case.options)
    return task, task.encode(case.targets)[np.random.default_rng(1).integers(0, 5, len(COUNTS))]


@pytest.mark.parametrize("name", ["classification", "classification of two", "multilabel", "ordinal", "regression"])
@pytest.mark.parametrize("most", [1, 20, 1 << 24])
@pytest.mark.parametrize("scale", [1.0, 1e-3])
def test_what_n_grams_tell_is_the_plain_formula(
    monkeypatch: pytest.MonkeyPatch, name: str, most: int, scale: float
) -> None:
    monkeypatch.setattr(weighing, "PAIRS", most)
    task, targets = spread(name)
    weights = (scale * RANDOM.integers(0, 3, len(COUNTS))).astype(np.float32)
    [problem] = problems_of(task, targets, weights)
    members = set(map(tuple, problem.members.tolist()))
    expected = [plain(members, problem.sides, weights, column) for column in range(COUNTS.shape[1])]
    expected = expected if problem.separate > 1 else [math.sqrt(each) for each in expected]
    np.testing.assert_allclose(telling(sparse(COUNTS), [problem], weights), expected, rtol=1e-4, atol=1e-6)


def test_an_n_gram_of_no_text_tells_nothing_however_rare_the_side() -> None:
    task = tasks.get("classification").fit(["a", "b"])
    targets = task.encode(["a", *["b"] * 29])
    found = telling(sparse(COUNTS), problems_of(task, targets, ones(30)), ones(30))
    assert found[0] == pytest.approx(0, abs=1e-6)
    assert (found[1:] > 0).all()


def test_of_several_problems_the_one_that_is_told_most_of_counts() -> None:
    (task, targets), (other, numbers) = spread("multilabel"), spread("regression")
    problems = problems_of(task, targets, ones(30)) + problems_of(other, numbers, ones(30))
    each = [telling(sparse(COUNTS), [problem], ones(30)) for problem in problems]
    assert np.array_equal(telling(sparse(COUNTS), problems, ones(30)), np.maximum(*each))


@pytest.mark.parametrize("uneven", [False, True])
def test_where_all_texts_are_of_one_side_nothing_is_told(*, uneven: bool) -> None:
    counts = sparse(RANDOM.integers(0, 3, (300, 120)))
    task = tasks.get("multilabel").fit([["a"], ["b"]])
    for seed, given in enumerate([["a"], [], ["a", "b"]] * (7 if uneven else 1)):
        weights = np.random.default_rng(seed).lognormal(0, 3 if uneven else 0, 300).astype(np.float32)  # rounded sums
        targets = task.encode([given] * 300)
        assert not telling(counts, problems_of(task, targets, weights), weights).any()
