from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reread.model.simplex import lowest


def test_the_closest_point_of_the_simplex() -> None:
    """Of half the squared distance; the nearest weights to a point outside are known (Duchi et al. 2008, figure 1)."""
    for point, nearest in (
        ([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]),
        ([0.9, 0.9, -5.0], [0.5, 0.5, 0.0]),
        ([2.0, 0.0, 0.0], [1.0, 0.0, 0.0]),
        ([0.6, 0.6, 0.1], [0.5, 0.5, 0.0]),
    ):
        found = lowest(lambda weights, point=point: weights - point, 3)
        np.testing.assert_allclose(found, nearest, atol=1e-6)
        assert ((found == 0) == (np.array(nearest) == 0)).all(), "a model that is not needed counts nothing at all"


def test_equal_models_count_equally() -> None:
    assert lowest(lambda weights: np.ones(4) * weights.sum(), 4).tolist() == [0.25] * 4
    assert lowest(lambda _: np.array([3.0]), 1).tolist() == [1.0]


@given(st.integers(0, 2**32 - 1), st.integers(2, 6))
def test_no_weights_are_lower(seed: int, models: int) -> None:
    """Of mixtures of chances, whose −log is convex, against random weights."""
    random = np.random.default_rng(seed)
    chances = random.beta(0.5, 0.3, size=(30, models)).clip(1e-12)

    def criterion(weights: np.ndarray) -> float:
        return float(-np.log(chances @ weights).mean())

    found = lowest(lambda weights: -(1 / (chances @ weights)) @ chances / 30, models)
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(1, abs=1e-12)
    others = np.vstack([np.eye(models), random.dirichlet(np.ones(models), 200)])
    near = np.clip(found + random.normal(size=(50, models)) * 1e-3, 0, None)
    others = np.vstack([others, near / near.sum(axis=1, keepdims=True)])
    assert criterion(found) <= min(map(criterion, others)) + 1e-8
