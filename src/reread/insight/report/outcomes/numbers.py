"""One number a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from reread.insight.report.outcomes import Floats, Outcomes, outcomes
from reread.insight.report.outcomes.base import HIGHER, Measure, headline_of
from reread.tasks import Task
from reread.tasks.metrics import mae, pearson, r2, rmse, spearman
from reread.tasks.regression import to_numbers
from reread.typing import override
from reread.wording import quantity

MEASURES = {"mae": mae, "rmse": rmse, "r2": r2, "pearson": pearson, "spearman": spearman}


@outcomes.register("number")
@dataclass(frozen=True, kw_only=True)
class NumberAnswers(Outcomes):
    """A number a row: the true and the answered one."""

    truth: Floats
    answer: Floats

    @classmethod
    @override
    def of(cls, task: Task, targets: Sequence[Any], scores: NDArray[Any], weights: Floats) -> Self:
        return cls(
            metric=task.headline,
            higher_is_better=task.higher_is_better,
            weights=weights,
            truth=to_numbers(targets),
            answer=np.asarray(task.predict(scores)),
        )

    @override
    def measure(self) -> Measure:
        function = headline_of(self.metric, MEASURES)
        return lambda weights: function(self.truth, self.answer, weights)

    @override
    def wrongness(self) -> Floats:
        return np.abs(self.errors)

    @override
    def truth_of(self, row: int) -> str:
        return quantity(self.truth[row])

    @override
    def answer_of(self, row: int) -> str:
        return quantity(self.answer[row])

    @property
    @override
    def sides(self) -> tuple[str, str]:
        return HIGHER

    @property
    def errors(self) -> Floats:
        """Answer − truth."""
        return self.answer - self.truth
