"""Of any number of labels a text: the first of them, how probable it is, and how many there are."""

from __future__ import annotations

import numpy as np

from reread.monitoring.figures import CONFIDENCE, Figure, Figures, Floats, answer_kinds, share
from reread.tasks.class_task import ClassTask

NO_LABEL = "(no label)"


@answer_kinds.register("labels")
def of_labels(task: ClassTask, scores: Floats) -> Figures:
    """The most probable of the labels given, so that each text counts once; and how many labels are given."""
    names, probabilities = (*map(str, task.classes), NO_LABEL), task.probabilities(scores)
    given = probabilities > task.thresholds
    first = np.where(given.any(axis=1), np.where(given, probabilities, -1).argmax(axis=1), task.size)
    return {
        "prediction": Figure(first.astype(np.float64), names),
        CONFIDENCE: share(probabilities.max(axis=1)),
        "labels": Figure(given.sum(axis=1).astype(np.float64)),
    }
