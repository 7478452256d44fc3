"""Lists of labels, judged by cleanlab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reread.insight.audit.judges import Floats, Judge, Wrong, judges
from reread.insight.audit.judges.base import cleanlab, worst_first
from reread.tasks.class_task import ClassTask
from reread.typing import override


@judges.register("labels")
class LabelJudge(Judge):
    """Confident learning of each label, given or not (Thyagarajan et al. 2023).

    A row is as right as its labels are in a weighted mean.
    """

    library = "filter"

    @override
    def find(self, task: ClassTask, targets: Sequence[Any], answers: Floats) -> list[Wrong]:
        given = task.encode(targets) > 0
        labels = [np.flatnonzero(row).tolist() for row in given]
        wrong = cleanlab("multilabel_classification.filter").find_multilabel_issues_per_class(labels, answers, n_jobs=1)
        scores = cleanlab("multilabel_classification.rank").get_label_quality_scores(labels, answers)
        mended = given ^ wrong
        return worst_first(
            wrong.any(axis=1), scores, lambda row: [task.classes[column] for column in np.flatnonzero(mended[row])]
        )
