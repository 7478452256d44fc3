"""Passes of a linear model's training, and products of sparse rows, against NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from reread.kernel import Library
from reread.kernel.linear import MARGIN, DualAscent, LinearLoss, LinearRows, sparse_product
from support.kernel.source_checks import Array, Difference, Mutant

MUTANTS = {
    "reads a number too many": Mutant("linear.c", "at = first; at < last;", "at = first; at <= last;"),
    "moves a dual too many": Mutant("linear.c", "each < s->scores", "each <= s->scores"),
    "moves a coefficient too many": Mutant("linear.c", "for (int k = 0; k < s->scores; k++)\n            coefficients", "for (int k = 0; k <= s->scores; k++)\n            coefficients"),
}  # fmt: skip
ALLOWED = 1e-4  # of numbers around 1
CURVATURE = {"squared": 1.0, "logistic": 0.25, "softmax": 0.5, "squared_hinge": 1.0}
LENGTHS = (3, 0, 20, 1, 14, 0)  # of the rows; beyond 12 numbers the next ones are fetched ahead
STRENGTHS = (0.5, 0.5, 3.0, 1.0)


class Case(NamedTuple):
    """Rows, also as a matrix, whose last column is the bias's."""

    rows: LinearRows
    whole: Array


def case(loss: LinearLoss, scores: int, width: int, lengths: tuple[int, ...] = LENGTHS, features: int = 25) -> Case:
    """Rows of these lengths, some of weight 0."""
    random = np.random.default_rng(scores)
    columns = [random.permutation(features)[:length] for length in lengths]
    values = [random.normal(size=length) for length in lengths]
    whole = np.zeros((len(lengths), features + 1))
    whole[:, -1] = 1
    for row, own, each in zip(whole, columns, values, strict=True):
        row[own] = each
    high = {"squared": 0, "logistic": 2, "softmax": scores, "squared_hinge": scores}[loss]
    targets = random.integers(0, high, (len(lengths), width)) if high else random.normal(size=(len(lengths), width))
    rows = LinearRows(
        starts=np.cumsum([0, *lengths]),
        columns=np.concatenate(columns).astype(np.int32),
        values=np.concatenate(values).astype(np.float32),
        targets=targets.astype(np.float32),
        weights=(np.arange(len(lengths)) % 3 / 2).astype(np.float32)[::-1].copy(),
        start=np.linspace(-0.4, 0.3, scores).astype(np.float32),
        loss=loss,
        features=features,
    )
    return Case(rows, whole)


class Ascent:
    """The same steps in double precision, one row after another, its coefficients anew from the dual variables."""

    def __init__(self, given: Case) -> None:
        self.given, self.strength = given, 0.0
        self.duals: Any = np.zeros((len(given.whole), len(given.rows.start)))

    def strengthen(self, strength: float) -> None:
        self.duals *= min(1.0, strength / self.strength) if self.strength else 1.0
        self.strength = strength

    def one_pass(self, order: Array) -> float:
        rows, whole = self.given.rows, self.given.whole
        apart = size = 0.0
        for row in order:
            scores = whole[row] @ (whole.T @ self.duals) + rows.start
            targets: Any = rows.targets[row]
            if rows.loss == "logistic":
                scores = 1 / (1 + np.exp(-scores))
            if rows.loss == "softmax":
                scores = np.exp(scores) / np.exp(scores).sum()
                targets = np.arange(len(scores)) == targets[0]
            toward = targets - scores
            if rows.loss == "squared_hinge":
                signs = np.where(np.arange(len(scores)) == targets[0], 1, -1)
                toward = signs * np.maximum(0, MARGIN - signs * scores)
            weight = self.strength * rows.weights[row]
            distance = weight * toward - self.duals[row]
            self.duals[row] += distance / (1 + weight * CURVATURE[rows.loss] * (whole[row] ** 2).sum())
            apart, size = apart + (distance**2).sum(), size + (self.duals[row] ** 2).sum()
        return apart / size if size else 0.0

    @property
    def coefficients(self) -> Array:
        """Those of the features, and the bias below them."""
        return np.asarray(self.given.whole.T @ self.duals)


def distance(library: Library, given: Case) -> float:
    """How far a few passes are from NumPy's."""
    ours, theirs, apart = DualAscent(library, given.rows), Ascent(given), 0.0
    random = np.random.default_rng(1)
    for strength in STRENGTHS:
        order = random.permutation(len(given.whole)).astype(np.int32)
        ours.strengthen(strength)
        theirs.strengthen(strength)
        found, expected = ours.one_pass(order), theirs.one_pass(order)
        apart = max(apart, abs(found - expected) / max(1, expected))
        model = np.vstack([ours.coefficients, ours.bias])
        apart = max(apart, float(np.abs(model - theirs.coefficients).max()))
    return apart


def differences(library: Library) -> Iterator[Difference]:
    """Each loss with few and many scores, rows without numbers and of weight 0."""
    kinds: tuple[tuple[LinearLoss, int, int], ...] = (
        ("squared", 1, 1), ("squared", 3, 1), ("squared", 3, 3), ("logistic", 1, 1), ("logistic", 17, 17), ("softmax", 2, 1), ("softmax", 37, 1),
        ("squared_hinge", 3, 1), ("squared_hinge", 37, 1)
    )  # fmt: skip
    for loss, scores, width in kinds:
        yield Difference(f"{loss} of {scores} scores", distance(library, case(loss, scores, width)), ALLOWED)
    random = np.random.default_rng(2)
    for scores in (1, 16, 37):
        rows, whole = case("squared", 1, 1)
        weights = random.normal(size=(rows.features, scores)).astype(np.float32)
        found = sparse_product(library, rows.starts, rows.columns, rows.values, weights)
        apart = np.abs(found - whole[:, :-1] @ weights).max()
        yield Difference(f"a product with {scores} columns", float(apart), ALLOWED)
