"""One class a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from reread.insight.report.outcomes import Floats, Outcomes, outcomes
from reread.insight.report.outcomes.base import HIGHER, Measure, headline_of
from reread.insight.report.resampling import Interval, wilson
from reread.tasks.metrics import accuracy, macro_f1, mcc, micro_f1, quadratic_kappa
from reread.tasks.single_label import SingleLabelTask
from reread.typing import override
from reread.wording import percent

Classes = NDArray[np.int64]
MEASURES: Mapping[str, Callable[[Classes, Classes, Floats], float]] = {
    "accuracy": accuracy,
    "macro_f1": macro_f1,
    "mcc": mcc,
    "micro_f1": micro_f1,
    "quadratic_kappa": quadratic_kappa,
}


@outcomes.register("class")
@dataclass(frozen=True, kw_only=True)
class ClassAnswers(Outcomes):
    """One class a row: indices of the true and of the answered class, and the probability given to each of these."""

    classes: Sequence[str]
    ordered: bool
    truth: NDArray[np.int64]
    answer: NDArray[np.int64]
    chance_of_truth: Floats
    confidence: Floats

    @classmethod
    @override
    def of(cls, task: SingleLabelTask, targets: Sequence[Any], scores: NDArray[Any], weights: Floats) -> Self:
        checked, truth = np.asarray(scores, dtype=np.float64), task.encode(targets)[:, 0].astype(np.int64)
        answer, probabilities, rows = task.choice(checked), task.class_probabilities(checked), np.arange(len(scores))
        return cls(
            metric=task.headline,
            higher_is_better=task.higher_is_better,
            weights=weights,
            classes=[str(label) for label in task.classes],
            ordered=task.ordered,
            truth=truth,
            answer=answer,
            chance_of_truth=probabilities[rows, truth],
            confidence=probabilities[rows, answer],
        )

    @override
    def measure(self) -> Measure:
        function = headline_of(self.metric, MEASURES)
        return lambda weights: function(self.truth, self.answer, weights)

    @override
    def exact_interval(self) -> Interval | None:
        return wilson(self.right, self.weights) if self.metric == "accuracy" else None

    @override
    def wrongness(self) -> Floats:
        return np.where(self.right, 0, 1 - self.chance_of_truth)

    @override
    def truth_of(self, row: int) -> str:
        return f"{self.classes[self.truth[row]]} (given {percent(self.chance_of_truth[row], 0)})"

    @override
    def answer_of(self, row: int) -> str:
        return f"{self.classes[self.answer[row]]} ({percent(self.confidence[row], 0)} sure)"

    @property
    @override
    def sides(self) -> tuple[str, str]:
        return HIGHER if self.ordered else super().sides

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each answer is the truth."""
        return np.asarray(self.truth == self.answer)
