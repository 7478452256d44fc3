"""Log loss, of answers that are classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reread.model.criteria import Encoded, Floats, Gradient, criteria
from reread.tasks.class_task import ClassTask
from reread.tasks.metrics.ranking import EPSILON


@criteria.register("log_loss")
def log_loss(task: ClassTask, scores: Sequence[Floats], encoded: Encoded, rows: Floats) -> Gradient:
    """Of the mean −log of the blended chance of what is true; of labels, each on its own, the mean over these."""
    chances = np.stack([task.likelihood(encoded, each).ravel() for each in scores], axis=1)
    per_row = len(chances) // len(rows)  # one, or one for each of its labels
    kept = np.maximum(chances, EPSILON)  # as the metric keeps them off 0
    shares = np.repeat(rows, per_row) / per_row
    return lambda blend: -(shares / (kept @ blend)) @ kept
