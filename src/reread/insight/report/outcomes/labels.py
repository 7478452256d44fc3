"""Any number of labels a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from reread.insight.report.outcomes import Floats, Outcomes, outcomes
from reread.insight.report.outcomes.base import Measure, headline_of
from reread.insight.report.resampling import mean_average_precision
from reread.tasks.class_task import ClassTask
from reread.typing import override
from reread.wording import percent

MEASURES = {"map": mean_average_precision}


@outcomes.register("labels")
@dataclass(frozen=True, kw_only=True)
class LabelAnswers(Outcomes):
    """Any number of labels a row.

    Attributes:
        classes: the labels, (labels,).
        truth: which are true, (rows, labels).
        answer: which are given, (rows, labels).
        probabilities: of each, (rows, labels).
    """

    classes: Sequence[str]
    truth: NDArray[np.bool_]
    answer: NDArray[np.bool_]
    probabilities: NDArray[np.float32]

    @classmethod
    @override
    def of(cls, task: ClassTask, targets: Sequence[Any], scores: NDArray[Any], weights: Floats) -> Self:
        probabilities = task.probabilities(scores)
        return cls(
            metric=task.headline,
            higher_is_better=task.higher_is_better,
            weights=weights,
            classes=[str(label) for label in task.classes],
            truth=task.encode(targets) > 0,
            answer=probabilities > task.thresholds,
            probabilities=probabilities.astype(np.float32),
        )

    @override
    def measure(self) -> Measure:
        return headline_of(self.metric, MEASURES)(self.truth, self.probabilities)

    @override
    def wrongness(self) -> Floats:
        return np.asarray(self._wrongness().max(axis=1))

    def _wrongness(self) -> Floats:
        """Of each label, (rows, labels)."""
        doubt = np.where(self.truth, 1 - self.probabilities, self.probabilities)  # of what is true
        return np.where(self.truth != self.answer, doubt, 0).astype(np.float64)

    @override
    def most_wrong(self, row: int) -> str:
        return self.classes[int(self._wrongness()[row].argmax())]

    @property
    @override
    def sides(self) -> tuple[str, str]:
        return "supports the label named beside the text", "contradicts it"

    @override
    def truth_of(self, row: int) -> str:
        return self._labels(row, self.truth)

    @override
    def answer_of(self, row: int) -> str:
        return self._labels(row, self.answer)

    def _labels(self, row: int, given: NDArray[np.bool_]) -> str:
        probabilities = self.probabilities[row].tolist()
        labels = [f"{self.classes[k]} ({percent(probabilities[k], 0)})" for k in np.flatnonzero(given[row]).tolist()]
        return ", ".join(labels) or "no label"
