"""Of one class a text: which, and how probable it is."""

from __future__ import annotations

import numpy as np

from reread.monitoring.figures import CONFIDENCE, Figure, Figures, Floats, answer_kinds, share
from reread.tasks.single_label import SingleLabelTask


@answer_kinds.register("class")
def of_class(task: SingleLabelTask, scores: Floats) -> Figures:
    """The answered class and its probability."""
    chosen = Figure(task.choice(scores).astype(np.float64), tuple(map(str, task.classes)))
    return {"prediction": chosen, CONFIDENCE: share(task.confidence(scores))}
