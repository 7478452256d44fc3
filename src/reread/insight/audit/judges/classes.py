"""One class a row, judged by cleanlab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reread.insight.audit.judges import Floats, Judge, Wrong, judges
from reread.insight.audit.judges.base import cleanlab, worst_first
from reread.tasks.class_task import ClassTask
from reread.typing import override

TINY = 1e-12  # the least probability: a row's may not all be 0


@judges.register("class")
class ClassJudge(Judge):
    """Confident learning (Northcutt et al. 2021, section 3).

    The least probable rows of each class, as many as its estimated noise.
    """

    library = "filter"

    @override
    def find(self, task: ClassTask, targets: Sequence[Any], answers: Floats) -> list[Wrong]:
        present, labels = np.unique(task.encode(targets)[:, 0].astype(np.int64), return_inverse=True)
        if len(present) < 2:
            return []
        best, probabilities = (
            answers.argmax(axis=1),
            np.maximum(answers[:, present], TINY),
        )  # cleanlab wants rows of every class
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        issues = cleanlab("filter").find_label_issues(labels, probabilities, n_jobs=1)
        scores = cleanlab("rank").get_label_quality_scores(labels, probabilities)
        return worst_first(issues, scores, lambda row: task.classes[best[row]])
