"""Log loss, of answers that are classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reread.model.criteria import Encoded, Floats, Gradient, criteria
from reread.tasks.class_task import ClassTask
from reread.tasks.metrics.ranking import EPSILON


@criteria.register("log_loss")
def log_loss(task: ClassTask, scores: Sequence[Floats], encoded: Encoded, weights: Floats) -> Gradient:
    """The gradient of the mean −log of the blended probability of the truth; for labels, the mean over all of them."""
    probabilities = np.stack([task.likelihood(encoded, each).ravel() for each in scores], axis=1)
    per_row = len(probabilities) // len(weights)  # one, or one for each of its labels
    kept = np.maximum(probabilities, EPSILON)  # as the metric keeps them off 0
    shares = np.repeat(weights, per_row) / per_row
    return lambda blend: -(shares / (kept @ blend)) @ kept
