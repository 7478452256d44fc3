"""Numbers, judged by their distance from the prediction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from reread.insight.audit.judges import Floats, Judge, Wrong, judges
from reread.insight.audit.judges.base import worst_first
from reread.tasks import Task
from reread.tasks.regression import to_numbers
from reread.typing import override

DEVIATIONS = 3.5  # robust ones, from which a number is an outlier (Iglewicz and Hoaglin 1993)
NORMAL = 1.4826  # standard deviations of a normal distribution in one median absolute deviation


@judges.register("number")
class NumberJudge(Judge):
    """Numbers that are farther from their prediction than nearly all others.

    The score is how often one would be so far by chance; beyond 38 deviations that is 0, so deviations order them.
    """

    @override
    def find(self, task: Task, targets: Sequence[Any], answers: Floats) -> list[Wrong]:
        residuals = to_numbers(targets) - answers[:, 0]
        centred = np.abs(residuals - np.median(residuals))
        spread = NORMAL * float(np.median(centred)) or float(centred.std()) or 1.0
        deviations = centred / spread
        scores = np.array([math.erfc(deviation / math.sqrt(2)) for deviation in deviations])
        return worst_first(deviations > DEVIATIONS, scores, lambda row: float(answers[row, 0]), -deviations)
