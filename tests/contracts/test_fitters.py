"""The promises of every linear fit, through every task that names it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from reread.baseline.fitters import Problem, fitters, problems_of
from reread.baseline.solving import solver_of
from reread.tasks import Task, tasks
from support.linear import sparse
from support.task_cases import CASES, Case

ROWS = 5
WEIGHTS = np.array([1, 2, 0.9, 1, 3], np.float32)  # none below half of their mean, which the rarest class counts for


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
def task(case: Case) -> Task:
    return tasks.get(case.task).fit(case.targets, **case.options)


@pytest.fixture
def targets(case: Case, task: Task) -> NDArray[np.float32]:
    return task.encode(case.targets)


@pytest.fixture
def problems(task: Task, targets: NDArray[np.float32]) -> list[Problem]:
    return problems_of(task, targets, WEIGHTS)


def test_every_task_names_a_fit_and_every_fit_is_named() -> None:
    assert {tasks.get(name).linear_fit for name in tasks} == set(fitters)
    assert {each.task for each in CASES.values()} == set(tasks)


def test_the_scores_of_the_problems_are_those_of_the_task(task: Task, problems: list[Problem]) -> None:
    scores = [problem.expand(np.ones((7, len(problem.start)), np.float32)) for problem in problems]
    assert np.concatenate(scores, axis=1).shape == (7, task.size)
    assert np.concatenate([problem.expand(problem.start) for problem in problems]).shape == (task.size,)
    assert all(each.dtype == np.float32 for each in scores)


def test_numbers_have_the_shapes_that_solvers_take(problems: list[Problem]) -> None:
    for problem in problems:
        assert problem.targets.dtype == problem.start.dtype == np.float32
        assert problem.targets.shape in {(ROWS, 1), (ROWS, len(problem.start))}
        assert problem.losses(np.tile(problem.start, (ROWS, 1))).shape == (ROWS, problem.separate)
        assert list(problem.strengths) == sorted({*problem.strengths, problem.usual})
        assert problem.strengths[0] > 0


def test_texts_are_examples_of_sides(problems: list[Problem]) -> None:
    for problem in problems:
        rows, sides = problem.members.T
        assert set(rows.tolist()) <= set(range(ROWS))
        assert set(sides.tolist()) <= set(range(problem.sides))
        assert len({*map(tuple, problem.members.tolist())}) == len(problem.members)


def test_no_other_constant_has_less_loss_than_the_start(problems: list[Problem]) -> None:
    for problem in problems:

        def loss(scores: NDArray[np.float64], given: Problem = problem) -> float:
            return float((WEIGHTS @ given.losses(np.tile(scores, (ROWS, 1)).astype(np.float32))).sum())

        for way in np.eye(len(problem.start)):
            for step in (-0.3, -0.02, 0.02, 0.3):
                assert loss(problem.start) <= loss(problem.start + step * way) + 1e-5


def test_a_strong_loss_learns_a_feature_of_each_text_by_heart(
    case: Case, task: Task, problems: list[Problem], targets: NDArray[np.float32]
) -> None:
    features, scores = sparse(np.eye(ROWS)), []
    for problem in problems:
        coefficients, intercept = solver_of(features, problem, WEIGHTS).solve(1000.0)
        scores.append(problem.expand(features.times(coefficients) + intercept))
    start = np.concatenate([problem.expand(problem.start) for problem in problems])
    learned, before = (
        task.losses(targets, each) for each in (np.concatenate(scores, axis=1), np.tile(start, (ROWS, 1)))
    )
    assert np.average(learned, weights=WEIGHTS) < 0.25 * np.average(before, weights=WEIGHTS)


@pytest.mark.parametrize("column", [np.zeros(ROWS), np.ones(ROWS)])
def test_a_label_that_all_or_none_have_leaves_scores_finite(column: NDArray[np.float64]) -> None:
    task = tasks.get("multilabel").fit([["a"], ["b"]])
    targets = np.stack([column, np.arange(ROWS) % 2], axis=1).astype(np.float32)
    [problem] = problems_of(task, targets, WEIGHTS)
    assert np.isfinite(problem.start).all()
    coefficients, intercept = solver_of(sparse(np.eye(ROWS)), problem, WEIGHTS).solve(1.0)
    assert ((np.eye(ROWS) @ coefficients + intercept)[:, 0] > 0).tolist() == (column > 0).tolist()
