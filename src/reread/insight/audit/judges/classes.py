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

    As many rows of each class as its estimated noise says, the least probable ones.
    """

    library = "filter"

    @override
    def find(self, task: ClassTask, targets: Sequence[Any], answers: Floats) -> list[Wrong]:
        own, labels = np.unique(task.encode(targets)[:, 0].astype(np.int64), return_inverse=True)
        if len(own) < 2:
            return []
        best, of_own = answers.argmax(axis=1), np.maximum(answers[:, own], TINY)  # cleanlab wants rows of every class
        of_own /= of_own.sum(axis=1, keepdims=True)
        issues = cleanlab("filter").find_label_issues(labels, of_own, n_jobs=1)
        scores = cleanlab("rank").get_label_quality_scores(labels, of_own)
        return worst_first(issues, scores, lambda row: task.classes[best[row]])
