"""A linear problem → its coefficients: by the compiled kernel, or by SciPy where it was not built."""

from __future__ import annotations

import time
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from reread.baseline.fitters import Floats, Problem
from reread.baseline.mean_vectors import dense_rows
from reread.baseline.sparse import SparseRows, side_by_side
from reread.errors import MissingExtraError
from reread.kernel import load
from reread.kernel.linear import MARGIN, DualAscent, LinearRows

PASSES = 30  # over the texts, for one strength
FIXED = 2.0**-14  # of an offset as a feature: so small that training leaves its coefficient, the inverse, where it is
NEAR = 1e-3  # how far from the minimum the dual variables may be, squared, relative to their own squares


class Solver(Protocol):
    """Solves a problem with one strength of the loss after another, each from where the last one ended.

    Attributes:
        complete: whether each solution so far was close to the minimum.
    """

    complete: bool

    def solve(self, strength: float, deadline: float | None = None) -> tuple[Floats, Floats]:
        """Coefficients (features, scores) and intercept (scores,); at the deadline, what was reached."""


def solver_of(features: SparseRows, problem: Problem, weights: Floats, seed: int = 0) -> Solver:
    """What solves a problem here.

    Args:
        features: of the texts, (texts, features).
        problem: what is learned.
        weights: how much each text counts, (texts,).
        seed: of the order in which the texts are gone through.

    Raises:
        MissingExtraError: the kernel was not built, and SciPy is not installed.
    """
    library = load()
    if library is None:
        return BySciPy(features, problem, weights)
    offsets = 0
    if problem.offsets is not None:
        offsets = len(problem.start)
        features = side_by_side([features, dense_rows(np.asarray(FIXED * problem.offsets, np.float32))])
    rows = LinearRows(
        starts=features.starts,
        columns=features.columns,
        values=features.values,
        targets=np.ascontiguousarray(problem.targets, np.float32),
        weights=np.ascontiguousarray(weights, np.float32),
        start=problem.start,
        loss=problem.loss,
        features=features.width,
    )
    return ByKernel(DualAscent(library, rows), problem.start, len(features), seed, offsets=offsets)


class ByKernel:
    """Dual coordinate ascent in the compiled kernel.

    Args:
        ascent: the steps of it.
        start: the scores of a text without features, (scores,).
        rows: how many texts there are.
        seed: of the order in which they are gone through.
        offsets: how many of the last features are offsets of the scores, times `FIXED`.
    """

    def __init__(self, ascent: DualAscent, start: Floats, rows: int, seed: int, *, offsets: int = 0) -> None:
        self._ascent, self._start, self._rows = ascent, start, rows
        self._learned = len(ascent.coefficients) - offsets
        self._fixed = np.eye(offsets, len(start), dtype=np.float32) / np.float32(FIXED)
        self._random, self.complete = np.random.default_rng(seed), True

    def solve(self, strength: float, deadline: float | None = None) -> tuple[Floats, Floats]:
        """See `Solver`."""
        ascent, near = self._ascent, False
        ascent.strengthen(strength)
        ascent.coefficients[self._learned :] = self._fixed
        for _ in range(PASSES):
            near = ascent.one_pass(self._random.permutation(self._rows).astype(np.int32)) < NEAR
            if near or (deadline is not None and time.monotonic() > deadline):
                break
        self.complete &= near
        return ascent.coefficients[: self._learned].copy(), self._start + ascent.bias


class BySciPy:
    """The same minimum by L-BFGS."""

    def __init__(self, features: SparseRows, problem: Problem, weights: Floats) -> None:
        try:
            from scipy.sparse import csr_matrix  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise MissingExtraError("the linear baseline", "train") from error
        shape = (len(features), features.width)
        self._matrix: Any = csr_matrix((features.values, features.columns, features.starts), shape)
        self._problem, self._weights, self.complete = problem, weights, True
        self._offsets: Floats | float = 0.0 if problem.offsets is None else problem.offsets
        self._solution = np.zeros((features.width + 1) * len(problem.start))  # the last row is the bias

    def solve(self, strength: float, deadline: float | None = None) -> tuple[Floats, Floats]:
        """See `Solver`."""
        from scipy.optimize import minimize  # noqa: PLC0415

        def stop(intermediate_result: Any) -> None:
            del intermediate_result
            if deadline is not None and time.monotonic() > deadline:
                raise StopIteration

        objective: Any = partial(self._objective, strength)
        found: Any = minimize(objective, self._solution, method="L-BFGS-B", jac=True, callback=stop)
        self._solution, self.complete = found.x, self.complete and bool(found.success)
        solved = self._solution.reshape(-1, len(self._problem.start)).astype(np.float32)
        return solved[:-1].copy(), self._problem.start + solved[-1]

    def _objective(self, strength: float, solution: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        problem, coefficients = self._problem, solution.reshape(-1, len(self._problem.start))
        scores = self._matrix @ coefficients[:-1] + coefficients[-1] + problem.start + self._offsets
        slopes = strength * self._weights[:, None] * _slopes(problem, scores)
        value = solution @ solution / 2 + strength * float(self._weights @ _losses(problem, scores))
        down = np.concatenate([self._matrix.T @ slopes, slopes.sum(axis=0, keepdims=True)])
        return float(value), (coefficients + down).ravel()


def _losses(problem: Problem, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The loss of each text, (texts,); of numbers half the square, whose gradient is the error itself."""
    if problem.loss == "squared_hinge":
        return np.asarray((_missing(problem, scores) ** 2).sum(axis=1) / 2)
    half = 0.5 if problem.loss == "squared" else 1.0
    return np.asarray(half * problem.losses(scores).sum(axis=1))


def _missing(problem: Problem, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each score is from its side of the margin, (texts, scores)."""
    return np.asarray(np.maximum(0, MARGIN - _signs(problem) * scores))


def _signs(problem: Problem) -> NDArray[np.float64]:
    """1 for the score of a text's own class, else -1, (texts, scores)."""
    own = problem.targets[:, :1].astype(np.int64)
    return np.where(np.arange(len(problem.start)) == own, 1.0, -1.0)


def _slopes(problem: Problem, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The gradient of each text's loss by its scores, (texts, scores)."""
    if problem.loss == "squared_hinge":
        return -_signs(problem) * _missing(problem, scores)
    if problem.loss == "squared":
        return np.asarray(scores - problem.targets)
    if problem.loss == "logistic":
        return np.asarray(np.exp(-np.logaddexp(0, -scores)) - problem.targets)
    chances = np.exp(scores - np.logaddexp.reduce(scores, axis=1, keepdims=True))
    chances[np.arange(len(scores)), problem.targets[:, 0].astype(np.int64)] -= 1
    return np.asarray(chances)
