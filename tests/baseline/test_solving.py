"""Both solvers reach the minimum of the same objective."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from reread.baseline import solving
from reread.baseline.fitters import Problem
from reread.baseline.fitters.base import pairs
from reread.baseline.solving import ByKernel, BySciPy, solver_of
from reread.baseline.sparse import SparseRows
from reread.errors import MissingExtraError
from reread.kernel import available, load
from reread.kernel.linear import MARGIN
from support.linear import ones, sparse

Numbers = NDArray[Any]
ROWS, WIDTH = 60, 40
LOSSES = ["squared", "logistic", "separate", "softmax", "squared_hinge"]
NEAR = 1e-3  # relative, of the objective


def features() -> SparseRows:
    """Rows of length 1, one of them empty."""
    random = np.random.default_rng(3)
    whole = random.random((ROWS, WIDTH)) * (random.random((ROWS, WIDTH)) < 0.2)
    whole[5] = 0
    return sparse(whole).scaled(np.ones(WIDTH, np.float32))


def problem(loss: str) -> Problem:
    """Targets that the features tell, but for some noise."""
    random = np.random.default_rng(4)
    scores = 1 if loss in {"squared", "logistic"} else 4
    told = features().times(random.normal(size=(WIDTH, scores)).astype(np.float32)) + random.normal(
        0, 0.2, (ROWS, scores)
    )
    made: dict[str, Numbers] = {
        "squared": told, "logistic": told > 0, "separate": told > 0.5, "softmax": told.argmax(axis=1)[:, None]
    }  # fmt: skip
    return Problem(
        loss="logistic" if loss == "separate" else loss,  # type: ignore[arg-type]  # checked by the solvers
        targets=made["softmax" if loss == "squared_hinge" else loss].astype(np.float32),
        start=np.linspace(-0.5, 0.3, scores).astype(np.float32),
        strengths=(1.0,),
        usual=1.0,
        members=pairs(np.zeros(ROWS, np.int64)),
        sides=1,
    )


def weights(kind: str) -> Numbers:
    random = np.random.default_rng(5)
    one = np.zeros(ROWS)
    one[7] = 1
    return {"equal": np.ones(ROWS), "some 0": random.integers(0, 3, ROWS), "one": one}[kind].astype(np.float32)


def objective(solved: tuple[Numbers, Numbers], given: Problem, strength: float, count: Numbers) -> float:
    """|coefficients and what is added to the start|² / 2 + strength · the weighted losses, of the coefficients alone."""
    coefficients, intercept = (np.float64(each) for each in solved)
    scores, targets = features().times(solved[0]).astype(np.float64) + intercept, given.targets.astype(np.float64)
    if given.loss == "squared":
        losses = ((scores - targets) ** 2 / 2).sum(axis=1)
    elif given.loss == "logistic":
        chances = 1 / (1 + np.exp(-scores))
        losses = -np.log(np.where(targets > 0, chances, 1 - chances)).sum(axis=1)
    elif given.loss == "squared_hinge":
        signs = np.where(np.arange(4) == targets, 1, -1)
        losses = (np.maximum(0, MARGIN - signs * scores) ** 2 / 2).sum(axis=1)
    else:
        chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        losses = -np.log(np.take_along_axis(chances, targets.astype(int), axis=1)[:, 0])
    penalty = (coefficients**2).sum() + ((intercept - given.start) ** 2).sum()
    return float(penalty / 2 + strength * count @ losses)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("kind", ["equal", "some 0", "one"])
@pytest.mark.parametrize("level", available())
def test_the_kernel_reaches_the_minimum_as_strengths_rise(loss: str, kind: str, level: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(solving, "load", lambda: load(level))
    given, count = problem(loss), weights(kind)
    ours, theirs = solver_of(features(), given, count), BySciPy(features(), given, count)
    assert isinstance(ours, ByKernel)
    nothing = (np.zeros((WIDTH, len(given.start)), np.float32), given.start)
    for strength in (0.1, 0.5, 4.0, 4.0, 1.0):
        solved, expected = ours.solve(strength), theirs.solve(strength)
        assert [each.dtype for each in solved] == [np.float32] * 2
        found, least = (objective(each, given, strength, count) for each in (solved, expected))
        assert found == pytest.approx(least, rel=NEAR)
        assert least < objective(nothing, given, strength, count)


def test_offsets_are_added_and_not_learned() -> None:
    given, count = problem("softmax"), weights("equal")
    offsets = np.random.default_rng(6).normal(0, 3, (ROWS, len(given.start))).astype(np.float32)
    shifted = replace(given, offsets=offsets)
    ours, theirs = solver_of(features(), shifted, count), BySciPy(features(), shifted, count)
    for strength in (0.5, 4.0, 1.0):
        solved, expected = ours.solve(strength), theirs.solve(strength)
        assert solved[0].shape == expected[0].shape == (WIDTH, len(given.start))
        for one, other in zip(solved, expected, strict=True):
            assert np.abs(one - other).max() < 0.05 * np.abs(expected[0]).max()
        assert not np.allclose(solved[0], solver_of(features(), given, count).solve(strength)[0], atol=0.01)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_leap_of_the_strength_is_no_detour(loss: str) -> None:
    """It goes on from a weaker loss's solution, and not from that many times it."""
    given, count = problem(loss), weights("equal")
    leaping, direct = solver_of(features(), given, count), solver_of(features(), given, count)
    leaping.solve(0.3)
    far, straight = (objective(each.solve(64.0), given, 64.0, count) for each in (leaping, direct))
    assert far < 1.05 * straight


@pytest.mark.parametrize("loss", LOSSES)
def test_scipy_s_solution_is_the_least_among_its_neighbours(loss: str) -> None:
    given, count = problem(loss), weights("some 0")
    coefficients, intercept = BySciPy(features(), given, count).solve(2.0)
    least = objective((coefficients, intercept), given, 2.0, count)
    random = np.random.default_rng(0)
    for size in (0.003, 0.1):
        for _ in range(20):
            moved = coefficients + size * random.normal(size=coefficients.shape).astype(np.float32)
            away = intercept + size * random.normal(size=intercept.shape).astype(np.float32)
            assert objective((moved, away), given, 2.0, count) > least


def test_ridge_is_the_closed_form() -> None:
    given, count = problem("squared"), weights("some 0")
    whole = np.hstack([features().times(np.eye(WIDTH, dtype=np.float32)), np.ones((ROWS, 1))])
    left = np.eye(WIDTH + 1) + 1.5 * whole.T @ (count[:, None] * whole)
    right = 1.5 * whole.T @ (count[:, None] * (given.targets - given.start))
    expected = np.linalg.solve(left, right)
    for solver in (solver_of(features(), given, count), BySciPy(features(), given, count)):
        coefficients, intercept = solver.solve(1.5)
        found = np.vstack([coefficients, intercept - given.start])
        assert np.abs(found - expected).max() < 0.02 * np.abs(expected).max()


def test_texts_of_weight_0_change_nothing() -> None:
    given, count = problem("softmax"), weights("some 0")
    others = given.targets.copy()
    others[count == 0] = (others[count == 0] + 1) % 4
    changed = Problem(**{**vars(given), "targets": others})
    for one, other in zip(*(solver_of(features(), each, count).solve(1.0) for each in (given, changed)), strict=True):
        assert np.array_equal(one, other)


def test_the_same_seed_gives_the_same_bits_and_another_one_another_order() -> None:
    given = problem("logistic")
    found = [solver_of(features(), given, ones(ROWS), seed).solve(1.0)[0] for seed in (0, 0, 1)]
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


def test_a_solution_is_not_changed_by_the_next_one() -> None:
    for solver in (
        solver_of(features(), problem("softmax"), ones(ROWS)),
        BySciPy(features(), problem("softmax"), ones(ROWS)),
    ):
        first = solver.solve(0.1)
        before = [each.copy() for each in first]
        solver.solve(5.0)
        assert all(map(np.array_equal, first, before))


@pytest.mark.parametrize("compiled", [True, False])
def test_at_the_deadline_a_solver_stops_and_says_so(*, compiled: bool) -> None:
    given = problem("softmax")
    solver = solver_of(features(), given, ones(ROWS)) if compiled else BySciPy(features(), given, ones(ROWS))
    solver.solve(1.0)
    assert solver.complete
    coefficients, intercept = solver.solve(30.0, time.monotonic() - 1)
    assert not solver.complete
    assert np.isfinite(coefficients).all()
    assert np.isfinite(intercept).all()


def test_without_the_kernel_scipy_solves_and_its_absence_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "load", lambda: None)
    assert isinstance(solver_of(features(), problem("squared"), ones(ROWS)), BySciPy)
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    with pytest.raises(MissingExtraError, match=r"^the linear baseline needs .*reread\[train\]"):
        solver_of(features(), problem("squared"), ones(ROWS))
