"""An interval of a share: of so many, so many were right."""

from __future__ import annotations

import math

import numpy as np

STEPS = 60  # halvings: to the last bit or so


def exact_interval(right: int, of: int, coverage: float = 0.95) -> tuple[float, float]:
    """The exact interval of a share (Clopper & Pearson 1934): it holds the true one at least this often.

    Args:
        right: how many were right.
        of: of how many independent ones.
        coverage: how often it holds the true share, between 0 and 1.

    Returns:
        The lowest and the highest share; 0 and 1 where there are none.
    """
    tail = (1 - coverage) / 2
    return _lowest(right, of, tail), 1 - _lowest(of - right, of, tail)


def _lowest(right: int, of: int, tail: float) -> float:
    """The share by which at least so many are right with probability ``tail``; the light install has no SciPy."""
    if right == 0:
        return 0.0
    each = np.arange(right, of + 1)
    ways = math.lgamma(of + 1) - np.array([math.lgamma(k + 1) + math.lgamma(of - k + 1) for k in each.tolist()])
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        share = (low + high) / 2
        least = np.exp(ways + each * math.log(share) + (of - each) * math.log1p(-share)).sum()
        low, high = (share, high) if least < tail else (low, share)
    return (low + high) / 2
