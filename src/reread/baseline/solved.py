"""What is learned from, and how it is solved → the trained linear model."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from reread.baseline.cross_validation import Examples, Solution, by_strength
from reread.baseline.earlier_scores import kinds_beside
from reread.baseline.fitters import Floats, Problem
from reread.baseline.linear import LinearModel
from reread.baseline.solving import Solver, solver_of


def solved(examples: Examples, how: Solution) -> tuple[LinearModel, bool]:
    """A model of all texts, and whether training came to its end.

    Args:
        examples: what it learns from.
        how: it is solved.
    """
    rows = np.arange(len(examples.weights))
    problems, features = examples.problems(rows), examples.features
    scales = features.scales(rows, problems, examples.weights)
    matrix = features.weighed(rows, scales)
    weights, intercepts, complete = [], [], True
    for problem, chosen, scaling in zip_longest(problems, how.chosen, how.platt_scaling):
        parts = []
        for loss, strengths in chosen.items():
            solver = solver_of(matrix, problem.under(loss), examples.weights, examples.seed)
            parts.append(_by_strengths(solver, problem, strengths, examples.deadline))
            complete &= solver.complete
        coefficients, intercept = (
            np.asarray(np.mean(each, axis=0), dtype=np.float32) for each in zip(*parts, strict=True)
        )
        if scaling is not None:
            coefficients, intercept = coefficients * scaling.factors, scaling.apply(problem, intercept)
        intercept = intercept + features.constant(coefficients)
        weights.append(problem.expand(features.of_ngrams(coefficients)))
        intercepts.append(problem.expand(intercept))
    kinds, known, earlier = features.kinds, features.known, features.earlier
    if earlier is not None:
        kinds, known = (*kinds, *kinds_beside(earlier.model, kinds)), (*known, *earlier.model.known)
        scales = [*scales, *earlier.model.scales]
    model = LinearModel(
        kinds=kinds,
        known=known,
        scales=tuple(scales),
        weights=np.concatenate(weights, axis=1),
        intercept=np.concatenate(intercepts),
        facts={},
    )
    return model, complete


def _by_strengths(
    solver: Solver, problem: Problem, strengths: Sequence[float], deadline: float | None
) -> tuple[Floats, Floats]:
    """Coefficients (features, scores) and intercept (scores,), each score's by the strength that is for it."""
    each = by_strength(strengths, len(problem.start))
    coefficients, intercept = solver.solve(next(each)[0], deadline)
    for strength, scores in each:
        some, constant = solver.solve(strength, deadline)
        coefficients[:, scores], intercept[scores] = some[:, scores], constant[scores]
    return coefficients, intercept
