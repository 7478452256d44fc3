"""The minimum of a convex function of weights that are at least 0 and in sum 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Gradient: TypeAlias = Callable[[Floats], Floats]
"""Weights (models,) → the gradient there (models,)."""

TOLERANCE = 1e-9  # by which the function may stay above its lowest value
ROUNDS = 1000
HALVINGS = 60


def lowest(gradient: Gradient, models: int) -> Floats:
    """Where the function with this gradient is lowest, (models,).

    Starts from equal weights; each round moves weight from the worst model that has some to the best one, as far as
    that helps (pairwise Frank-Wolfe, Lacoste-Julien & Jaggi 2015, algorithm 2). Ends when the duality gap, which bounds
    the distance to the minimum, is at most ``TOLERANCE``.
    """
    weights = np.full(models, 1 / models)
    for _ in range(ROUNDS):
        slope = gradient(weights)
        to, source = int(slope.argmin()), int(np.where(weights > 0, slope, -np.inf).argmax())
        if slope @ weights - slope[to] <= TOLERANCE:
            break
        weights = _move(gradient, weights, source, to)
    return weights


def _move(gradient: Gradient, weights: Floats, source: int, to: int) -> Floats:
    """Move weight from one model to another until moving more raises the function, or none is left."""

    def moved(share: float) -> Floats:
        after = weights.copy()
        after[source] -= share
        after[to] += share
        return after

    def still_falls(share: float) -> bool:
        slope = gradient(moved(share))
        return bool(slope[to] < slope[source])

    low, high = 0.0, float(weights[source])
    if still_falls(high):
        return moved(high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if still_falls(middle) else (low, middle)
    return moved(low)
