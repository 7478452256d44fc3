"""Weighted averages of several models' answers, as scores that answer them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reread.errors import ConfigError

Floats = NDArray[np.float64]
ROUNDING = 1e-6  # by which the sum of weights may miss 1


def check_weights(weights: ArrayLike, models: int) -> Floats:
    """The weights of a blend, (models,).

    Raises:
        ConfigError: there is not one for each model, one is negative or not finite, or they do not sum to 1.
    """
    checked = np.asarray(weights, dtype=np.float64)
    shown = ", ".join(f"{weight:g}" for weight in checked.ravel())
    if not models or checked.shape != (models,):
        raise ConfigError(
            f"{checked.size} blend weights for {models} models; there must be one for each, and at least one"
        )
    if not ((checked >= 0).all() and abs(checked.sum() - 1) <= ROUNDING):
        raise ConfigError(f"blend weights {shown}; each must be at least 0 and their sum 1")
    return checked


def log_mean(logs: Floats, weights: Floats) -> Floats:
    """Map logarithms (models, rows, size) to the logarithm of their numbers' mean (rows, size); no weight may be 0.

    Works on logarithms throughout, so that no probability is too small.
    """
    return np.asarray(np.logaddexp.reduce(logs + np.log(weights)[:, None, None], axis=0), dtype=np.float64)


def mean_logits(logits: Floats, weights: Floats) -> Floats:
    """Map logits (models, rows, size) to the logit of their probabilities' mean (rows, size); no weight may be 0."""
    chance, rest = -np.logaddexp(0, -logits), -np.logaddexp(0, logits)
    return log_mean(chance, weights) - log_mean(rest, weights)
